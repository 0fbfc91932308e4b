/** A page is reloaded while it runs an execution, after each commit of a whole workflow. */

import { expect, test } from "vitest";
import { describeTabs } from "./describe-tabs.ts";
import type { SiteServer } from "./site-server.ts";
import type { SiteTab, World } from "./world.ts";

const LANES = 6;

describeTabs("chromium", "a reload", (open) => {
  test("after any commit of the seed workflow changes nothing about its end", async () => {
    const undisturbed = await encode(await open(), "undisturbed");
    const commits = undisturbed.commits;
    expect(commits).toBeGreaterThan(15);
    const left = Array.from({ length: commits - 1 }, (_, at) => at + 1);
    // Mostly it waits. A site for each lane keeps apart what is asked for.
    const lane = async (): Promise<void> => {
      const world = await open();
      for (let seq = left.shift(); seq !== undefined; seq = left.shift()) await reloadAfter(seq, world);
    };
    await Promise.all(Array.from({ length: LANES }, lane));
  });
});

async function reloadAfter(seq: number, world: World): Promise<void> {
  const film = await encode(world, `reload-${seq}`, { "reload-at": String(seq) });
  // How many there are depends on what happens to share a commit.
  const hadOne = film.reloadedAt === String(seq);
  expect(hadOne || film.commits <= seq, `the reload after commit ${seq} took place`).toBe(true);
  expect({ ...film.result, requestId: "" }, `reloaded after commit ${seq}`).toMatchObject({
    status: "succeeded",
    approvedBy: "Ada",
    published: { length: 3 },
  });
  const again = hadOne ? repeated(world.site, film.id) : [];
  expect(again, `asked for again after a reload at commit ${seq}`).toEqual([]);
}

interface Film {
  readonly id: string;
  readonly result: object;
  readonly commits: number;
  readonly reloadedAt: string | null;
}

/** Runs the whole workflow in a tab of its own. */
async function encode(world: World, name: string, parameters: Readonly<Record<string, string>> = {}): Promise<Film> {
  world.site.objectStore.put("media", `${name}.mov`, { body: "a film", metadata: { height: "2160" } });
  const id = `encodeVideo/${name}`;
  const tab: SiteTab = await world.open({ ...parameters, approve: id });
  const pace = { source: { seconds: 1 }, job: { seconds: 1 } };
  // The reload may come before the answer.
  await tab.start("encodeVideo", name, { bucket: "media", key: `${name}.mov`, pace }).catch(() => {});
  const { result = "{}" } = await tab.ended(id);
  // The reload after its last commit may be yet to come.
  const commits = await tab.read<number>(
    `site.host.exportExecution(${JSON.stringify(id)}).then(({ log }) => log.length)`,
  );
  const reloadedAt = await tab.read<string | null>('sessionStorage.getItem("reloaded")');
  await tab.tab.close();
  return { id, result: JSON.parse(result) as object, commits, reloadedAt };
}

/** What each step asks for, by its name. */
const requests: Readonly<Record<string, RegExp>> = {
  "find endpoint": /DescribeEndpoints/,
  "create job": /CreateJob/,
  "book acceleration": /PutObject .*bookings/,
  "derive poster": /PutObject .*poster/,
  "derive captions": /PutObject .*captions/,
  "derive report": /PutObject .*report/,
  "publish to web": /PutObject .*published\/web/,
  "publish to mobile": /PutObject .*published\/mobile/,
  "publish to archive": /PutObject .*published\/archive/,
};

/** Steps that a page found done in the log of its execution, and that were asked for all the same. */
function repeated(site: SiteServer, id: string): string[] {
  const known = site.known.findLast((each) => each.id === id);
  if (known === undefined) throw new Error("no page has told what it found");
  const later = site.log.calls.slice(known.after).map(({ operation, target }) => `${operation} ${target}`);
  return known.done.filter((step) => requests[step] !== undefined && later.some((call) => requests[step]?.test(call)));
}
