/**
 * Everything that a user, a browser and a machine do to the tabs of a site, in an order that follows from a seed. When
 * it is over everything is put right again, and what was started must come to its end by itself.
 */

import { type SeededRandom, seededRandom } from "perdure/testing";
import type { RemoteTab } from "../../../scripts/browsers/remote-browser.ts";
import { ChaosAudit, type Started } from "./chaos-audit.ts";
import { FILL } from "./ballast.ts";
import { BrowserTab } from "./chromium.ts";
import { type SiteTab, until, type World } from "./world.ts";

export interface ChaosOptions {
  readonly seed: number;
  /** How many things happen. */
  readonly actions: number;
  /** Of the site; one without HTTPS has no Web Locks. Default `localhost`, which has them. */
  readonly hostname?: string;
  /** How many tabs there are at the beginning, and at most. By default one and four. */
  readonly tabs?: number;
}

/** A tab and what has been done to it. */
interface Seat {
  readonly page: SiteTab<RemoteTab>;
  readonly label: string;
  state: "awake" | "hidden" | "frozen" | "elsewhere";
}

/** How a page under test may be made, and how often. */
const kinds: readonly (readonly [share: number, parameters: Readonly<Record<string, string>>])[] = [
  [6, {}],
  [2, { worker: "1" }],
  [1, { viewer: "1" }],
  [1, { "text-clock": "1", policy: "workers from text" }],
];

const workflows: Readonly<Record<string, (random: SeededRandom) => number>> = {
  chain: (random) => 3 + random.below(8),
  gather: (random) => 3 + random.below(5),
  contest: (random) => 1 + random.below(3),
  consent: () => 0,
  careful: (random) => 3 + random.below(8),
  delegate: (random) => 1 + random.below(3),
};

/**
 * In bytes. Chromium looks at a quota only when it has given away what was free when it looked last, so there must never
 * be much of that, and it has to be taken before a lower quota counts.
 */
const ROOM = 3_000_000;

const STEAL = `navigator.locks.query().then(({ held }) =>
  Promise.all(held.map(({ name }) => navigator.locks.request(name, { steal: true }, () => {}))).then(() => {}))`;

const MOST_TABS = 4;
const MOST_EXECUTIONS = 8;
/** How long a page may take to answer before it is taken to be busy with something else, in ms. */
const ANSWER_MS = 5_000;

export class Chaos {
  /** What was done, for people. */
  readonly trail: string[] = [];
  readonly #world: World<RemoteTab>;
  readonly #random: SeededRandom;
  readonly #actions: number;
  readonly #hostname: string;
  readonly #tabs: { readonly first: number; readonly most: number };
  readonly #audit: ChaosAudit;
  readonly #started: Started[] = [];
  #seats: Seat[] = [];
  readonly #replacements: Promise<void>[] = [];
  /** A page with nothing in it, which sets the quota. */
  #limits: RemoteTab | undefined;
  #quota = ROOM;
  #isFull = false;
  #answers = 0;

  constructor(world: World<RemoteTab>, { seed, actions, hostname = "localhost", tabs }: ChaosOptions) {
    this.#world = world;
    this.#hostname = hostname;
    this.#tabs = { first: tabs ?? 1, most: tabs ?? MOST_TABS };
    this.#random = seededRandom(seed);
    this.#actions = actions;
    this.#audit = new ChaosAudit(world.site, { hasLocks: hostname === "localhost" });
    const pace = seededRandom(seed + 1);
    world.site.pace = () => (pace.chance(0.3) ? pace.below(400) : 0);
  }

  /** What is not as it must be, in words. */
  async run(): Promise<readonly string[]> {
    await this.#limit();
    while (this.#seats.length < this.#tabs.first) await this.#open();
    await this.#start();
    for (let done = 0; done < this.#actions; done++) {
      await this.#act();
      await pause(this.#random.below(this.#random.chance(0.15) ? 1500 : 200));
      if (this.#random.chance(0.4)) await this.#look();
    }
    await this.#settle();
    await this.#audit.judge(this.#started);
    return this.#audit.complaints;
  }

  async #act(): Promise<void> {
    const total = this.#choices.reduce((sum, [share]) => sum + share, 0);
    let drawn = this.#random.below(total);
    const choice = this.#choices.find(([share]) => (drawn -= share) < 0);
    await choice?.[1]();
  }

  readonly #choices: readonly (readonly [share: number, act: () => Promise<void>])[] = [
    [8, () => this.#start()],
    [5, () => this.#answer()],
    [4, () => this.#open()],
    [2, () => this.#close()],
    [5, () => this.#reload()],
    [3, () => this.#leave()],
    [3, () => this.#crash()],
    [1, () => this.#killBrowser()],
    [2, () => this.#steal()],
    [3, () => this.#freeze()],
    [3, () => this.#hide()],
    [6, () => this.#wakeUp()],
    [1, () => this.#fill()],
    [3, () => this.#makeRoom()],
    [2, () => this.#jump()],
  ];

  async #open(parameters = this.#kind()): Promise<void> {
    if (this.#seats.length >= this.#tabs.most) return;
    const label = [`tab ${this.trail.length}`, ...Object.keys(parameters)].join(" ");
    this.#note(`open ${label}`);
    const page = await this.#world.open({ ...parameters, chaos: "1" }, this.#hostname);
    this.#seats.push({ page, label, state: "awake" });
  }

  async #close(): Promise<void> {
    const seat = this.#draw();
    if (seat === undefined || this.#seats.length === 1) return;
    this.#note(`close ${seat.label}`);
    this.#seats = this.#seats.filter((other) => other !== seat);
    await this.#disturbing(() => seat.page.tab.close());
  }

  async #reload(): Promise<void> {
    const seat = this.#draw("awake", "hidden");
    if (seat === undefined) return;
    this.#note(`reload ${seat.label}`);
    await this.#replacePage(seat, () => seat.page.tab.reload());
  }

  async #leave(): Promise<void> {
    const seat = this.#draw("awake");
    if (seat === undefined) return;
    this.#note(`leave ${seat.label}`);
    seat.state = "elsewhere";
    const url = new URL("/nothing", this.#origin).href;
    await this.#replacePage(seat, () => seat.page.tab.navigate(url));
  }

  /** What happens next may come before the old page has gone. */
  async #replacePage(seat: Seat, replace: () => Promise<unknown>): Promise<void> {
    const mark = `globalThis.mark = ${this.trail.length}`;
    const over = this.#audit.disturb();
    await this.#asked(seat, mark);
    await replace();
    const isGone = async (): Promise<boolean> =>
      !this.#seats.includes(seat) || (await this.#asked(seat, "globalThis.mark === undefined")) === true;
    const gone = until("the old page to be gone", isGone).then(over, () => {});
    this.#replacements.push(gone);
    if (this.#random.chance(0.5)) await gone;
  }

  async #crash(): Promise<void> {
    const seat = this.#draw("awake", "hidden");
    const tab = chromiumTab(seat);
    if (seat === undefined || tab === undefined) return;
    const revives = this.#random.chance(0.5);
    this.#note(`crash ${seat.label}${revives ? ", and reload it" : ""}`);
    await this.#disturbing(async () => {
      await tab.crash();
      if (revives) return seat.page.tab.reload();
      this.#seats = this.#seats.filter((other) => other !== seat);
      return seat.page.tab.close();
    });
    if (revives) await seat.page.ready();
  }

  async #killBrowser(): Promise<void> {
    if (!this.#world.mayKill) return;
    this.#note("kill the browser");
    await this.#disturbing(async () => {
      await this.#world.killBrowser();
      this.#seats = [];
      this.#limits = undefined;
      await this.#world.startBrowser();
      await this.#limit();
    });
    await this.#open();
  }

  async #freeze(): Promise<void> {
    const seat = this.#draw("awake", "hidden");
    // A browser leaves pages alone whose workers hold locks. Under remote control it does not, and nobody tells a worker.
    const tab = chromiumTab(seat);
    if (seat === undefined || tab === undefined || seat.label.includes("worker")) return;
    this.#note(`freeze ${seat.label}`);
    seat.state = "frozen";
    await this.#disturbing(() => tab.freeze());
  }

  /** Takes every lock from whoever holds it, as a script that knows no better may do. */
  async #steal(): Promise<void> {
    const seat = this.#draw("awake");
    if (seat === undefined) return;
    this.#note(`steal the locks in ${seat.label}`);
    await this.#disturbing(() => this.#asked(seat, STEAL));
  }

  async #hide(): Promise<void> {
    const seat = this.#draw("awake");
    const tab = chromiumTab(seat);
    if (seat === undefined || tab === undefined) return;
    this.#note(`hide ${seat.label}`);
    seat.state = "hidden";
    await tab.hide();
  }

  /** Undoes what was done to a tab. */
  async #wakeUp(seat = this.#draw("hidden", "frozen", "elsewhere")): Promise<void> {
    if (seat === undefined || seat.state === "awake") return;
    this.#note(`${seat.label} is no longer ${seat.state}`);
    const tab = chromiumTab(seat);
    if (seat.state === "frozen") await tab?.unfreeze();
    if (seat.state === "elsewhere") await this.#asked(seat, "history.back()");
    await tab?.show();
    seat.state = "awake";
    await seat.page.ready();
    await this.#tellTime(seat);
  }

  /** Leaves no room for anything. */
  async #fill(): Promise<void> {
    if (this.#isFull || this.#world.engine !== "chromium") return;
    this.#note("no room");
    this.#isFull = true;
    await this.#limits?.evaluate(FILL);
    await this.#limit();
  }

  async #makeRoom(): Promise<void> {
    if (!this.#isFull) return;
    this.#note("room again");
    this.#isFull = false;
    this.#quota += ROOM;
    await this.#limit();
  }

  /** For as long as the tab is open that sets it. */
  async #limit(): Promise<void> {
    if (this.#world.engine !== "chromium") return;
    const quotaSize = this.#isFull ? 1 : this.#quota;
    this.#limits ??= await this.#world.openBlank(this.#hostname);
    if (this.#limits instanceof BrowserTab)
      await this.#limits.send("Storage.overrideQuotaForOrigin", { origin: this.#origin, quotaSize });
  }

  get #origin(): string {
    return new URL(this.#world.site.url().replace("localhost", this.#hostname)).origin;
  }

  /** The machine's clock is set: far forward, or a little back. */
  async #jump(): Promise<void> {
    const by = this.#random.chance(0.7) ? this.#random.below(3_600_000) : -this.#random.below(1500);
    this.#note(`set the clock by ${by} ms`);
    this.#world.site.skew += by;
    for (const seat of this.#seats) await this.#tellTime(seat);
  }

  async #disturbing(task: () => Promise<unknown>): Promise<void> {
    const over = this.#audit.disturb();
    await task();
    over();
  }

  async #tellTime(seat: Seat): Promise<void> {
    if (seat.state === "awake") await this.#asked(seat, `site.setSkew(${this.#world.site.skew})`);
  }

  async #start(): Promise<void> {
    const seat = this.#draw("awake");
    const names = Object.keys(workflows);
    const functionName = names[this.#random.below(names.length)] ?? "";
    const input = workflows[functionName]?.(this.#random) ?? 0;
    if (seat === undefined || this.#started.length >= MOST_EXECUTIONS || seat.label.includes("viewer")) return;
    const started = { functionName, name: `${functionName}-${this.#started.length}`, input };
    this.#started.push(started);
    this.#note(`start ${functionName}/${started.name} in ${seat.label}`);
    await this.#inOneOrTwo(seat, (each) => this.#asked(each, startOf(started)));
  }

  async #answer(): Promise<void> {
    const seat = this.#draw("awake");
    const open = this.#started.filter(({ functionName }) => functionName === "contest" || functionName === "consent");
    const { functionName, name } = open[this.#random.below(open.length)] ?? {};
    if (seat === undefined || name === undefined) return;
    await this.#inOneOrTwo(seat, (each) => this.#answerIn(each, `${functionName}/${name}`));
  }

  /** In two tabs at once, now and then: only one of them can be the first. */
  async #inOneOrTwo(seat: Seat, act: (seat: Seat) => Promise<unknown>): Promise<void> {
    const other = this.#random.chance(0.4) ? this.#draw("awake") : undefined;
    await Promise.all(other === undefined || other.label.includes("viewer") ? [act(seat)] : [act(seat), act(other)]);
  }

  async #answerIn(seat: Seat, id: string): Promise<void> {
    const result = `answer ${++this.#answers}`;
    const call = `site.answer(${JSON.stringify(id)}, ${JSON.stringify(result)})`;
    const answered = (await this.#asked<string[]>(seat, call)) ?? [];
    if (answered.length > 0) this.#note(`${result} for ${id} in ${seat.label}`);
    for (const callbackId of answered) this.#audit.answered(callbackId, result);
  }

  /** Takes note of what is recorded, if a page has time for it. */
  async #look(): Promise<void> {
    const seat = this.#draw("awake");
    if (seat === undefined) return;
    const logs = await this.#asked<Record<string, string[]>>(seat, "site.logs()");
    if (logs !== undefined) this.#audit.look(logs);
  }

  /** The answer of a page; undefined from one that is busy, on its way, or refuses. */
  async #asked<T>(seat: Seat, call: string): Promise<T | undefined> {
    const asked = seat.page.tab.evaluate<T>(call).catch((error: unknown) => {
      this.#note(`${seat.label}: ${call.slice(0, 40)}: ${String(error).split("\n")[0]}`);
      return undefined;
    });
    return Promise.race([asked, pause(ANSWER_MS).then(() => undefined)]);
  }

  async #settle(): Promise<void> {
    this.#note("settle");
    await this.#makeRoom();
    await Promise.all(this.#replacements);
    for (const seat of this.#seats) await this.#wakeUp(seat);
    // Without locks what runs is taken up by a page that is loaded.
    if (this.#hostname !== "localhost")
      for (const seat of this.#seats) await this.#replacePage(seat, () => seat.page.tab.reload());
    await Promise.all(this.#replacements);
    for (const seat of this.#seats) await seat.page.ready();
    if (!this.#seats.some(({ label }) => !label.includes("viewer"))) {
      while (this.#seats.length >= this.#tabs.most) await this.#close();
      await this.#open({});
    }
    const seat = this.#seats.find(({ label }) => !label.includes("viewer"))!;
    // What was to be started may never have been: a start in vain may be tried again.
    for (const each of this.#started) await seat.page.tab.evaluate(startOf(each));
    try {
      await until("everything to end", () => this.#isOver(seat));
    } catch (error) {
      await this.#tellWhy();
      throw error;
    }
    for (const each of this.#seats) {
      this.#audit.look(await each.page.tab.evaluate("site.logs()"));
      await until(`the list in ${each.label}`, () => each.page.tab.evaluate<boolean>("site.showsAllEnded()"));
    }
  }

  async #tellWhy(): Promise<void> {
    for (const seat of this.#seats) {
      const locks = await this.#asked(seat, "navigator.locks.query().then((all) => JSON.stringify(all))");
      const status = await this.#asked(seat, "JSON.stringify([Date.now(), site.host.status.get()])");
      this.#note(`${seat.label} ${seat.state} ${String(status)} ${String(locks)}`);
      this.trail.push(...this.#audit.open((await this.#asked(seat, "site.logs()")) ?? {}));
    }
  }

  async #isOver(seat: Seat): Promise<boolean> {
    for (const { functionName, name } of this.#started) {
      if (functionName === "consent") await this.#answerIn(seat, `${functionName}/${name}`);
    }
    const running = await seat.page.tab.evaluate<number>(
      'site.host.client.list({ statuses: ["RUNNING"], limit: 1000 }).then(({ rows }) => rows.length)',
    );
    return running === 0;
  }

  #kind(): Readonly<Record<string, string>> {
    const total = kinds.reduce((sum, [share]) => sum + share, 0);
    let drawn = this.#random.below(total);
    return kinds.find(([share]) => (drawn -= share) < 0)?.[1] ?? {};
  }

  #draw(...states: Seat["state"][]): Seat | undefined {
    const seats = this.#seats.filter(({ state }) => states.length === 0 || states.includes(state));
    return seats[this.#random.below(seats.length)];
  }

  #note(what: string): void {
    this.trail.push(`${this.#world.site.log.calls.length}: ${what}`);
  }
}

/** With what only Chromium can do to a tab. */
function chromiumTab(seat: Seat | undefined): BrowserTab | undefined {
  return seat?.page.tab instanceof BrowserTab ? seat.page.tab : undefined;
}

function startOf({ functionName, name, input }: Started): string {
  return `site.start(${JSON.stringify(functionName)}, ${JSON.stringify(name)}, ${input})`;
}

function pause(ms: number): Promise<void> {
  return new Promise((next) => setTimeout(next, ms));
}
