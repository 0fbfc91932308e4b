/** The links between the nodes of a context, so few that their lines grow as the operations do and not as their pairs. */

import type { Order, Wave } from "./order.ts";

/** All of `from` come before all of `to`: places in the nodes of the scope. */
export interface Link {
  readonly from: readonly number[];
  readonly to: readonly number[];
  /** The place of an earlier link; whatever comes before what that one leads to comes before `to` as well. */
  readonly behind?: number;
}

export interface Joins {
  readonly links: readonly Link[];
  /** Places of nodes that nothing comes before, and of those that nothing follows. */
  readonly first: readonly number[];
  readonly last: readonly number[];
}

/** The operations of one node. */
export interface Member {
  /** Of a node that stands for several; undefined for an operation. */
  readonly name: string | undefined;
  /** Of its operations in the order. */
  readonly places: readonly number[];
}

/** With more lines than this for each operation, links hand on what came before the ones in front of them. */
const LINES_OF_EACH = 3;

export function joinsOf(order: Order, members: readonly Member[]): Joins {
  const lines = order.waves.reduce((sum, wave) => sum + linesOf(wave), 0);
  return lines > LINES_OF_EACH * order.items.length ? sharedJoins(order, members) : directJoins(order, members);
}

function linesOf({ first, next, from, to }: Wave): number {
  const [after, before] = [next - first, to - from];
  return after > 1 && before > 1 ? after + before : after * before;
}

/** One link for all that follow the same ones; inside of a group there is none. */
export function directJoins({ items, waves, ended }: Order, members: readonly Member[]): Joins {
  const owners = ownersOf(items.length, members);
  const joins = new DirectJoins(members);
  for (const { first, next, from, to } of waves) {
    const isLink = next - first === 1 && to - from === 1;
    if (isLink && owners[first] === owners[ended[from] ?? 0]) continue;
    const before = distinct(from, to, (at) => owners[ended[at] ?? 0] ?? 0);
    const after = distinct(first, next, (place) => owners[place] ?? 0);
    joins.add(before, after);
  }
  return joins.all();
}

/**
 * The same order with links that each tell only what ended since the one before. What ended before a wave began ended
 * before every later wave too, so a link may lead on from the one before it without saying anything that is not so.
 */
export function sharedJoins({ items, waves, ended }: Order, members: readonly Member[]): Joins {
  const owners = ownersOf(items.length, members);
  const joins = new SharedJoins(members.length);
  let known = 0;
  for (const { first, next, from, to } of waves) {
    // All that ended earlier comes before something that has ended since.
    if (from >= known) joins.begin();
    joins.end(distinct(Math.max(from, known), to, (at) => owners[ended[at] ?? 0] ?? 0));
    joins.lead(distinct(first, next, (place) => owners[place] ?? 0));
    known = to;
  }
  return joins.all();
}

/** By the place of an operation, the place of its node. */
function ownersOf(count: number, members: readonly Member[]): Int32Array {
  const owners = new Int32Array(count);
  members.forEach(({ places }, index) => {
    for (const place of places) owners[place] = index;
  });
  return owners;
}

/** The values at some places, each once. */
function distinct(first: number, next: number, at: (place: number) => number): readonly number[] {
  if (next <= first + 1) return next <= first ? [] : [at(first)];
  const found = new Set<number>();
  for (let place = first; place < next; place++) found.add(at(place));
  return [...found];
}

function without(numbers: readonly number[], others: readonly number[]): readonly number[] {
  const [only] = others;
  if (others.length === 1 && numbers.length === 1) return only === numbers[0] ? [] : numbers;
  const all = new Set(others);
  return numbers.filter((each) => !all.has(each));
}

/** The links, and which nodes have one above and below. */
class Links {
  readonly #links: Link[] = [];
  readonly #isFollowed: Uint8Array;
  readonly #follows: Uint8Array;

  constructor(count: number) {
    this.#isFollowed = new Uint8Array(count);
    this.#follows = new Uint8Array(count);
  }

  /** Answers the place of the link. */
  add(link: Link): number {
    for (const each of link.from) this.#isFollowed[each] = 1;
    for (const each of link.to) this.#follows[each] = 1;
    return this.#links.push(link) - 1;
  }

  all(): Joins {
    return { links: this.#links, first: unset(this.#follows), last: unset(this.#isFollowed) };
  }
}

class DirectJoins {
  readonly #members: readonly Member[];
  readonly #links: Links;
  readonly #known = new Set<string>();

  constructor(members: readonly Member[]) {
    this.#members = members;
    this.#links = new Links(members.length);
  }

  add(from: readonly number[], after: readonly number[]): void {
    const to = without(after, from);
    if (to.length === 0 || without(from, after).length === 0 || !this.#isNew(from, to)) return;
    this.#links.add({ from, to });
  }

  all(): Joins {
    return this.#links.all();
  }

  /** Of what is in a group each may follow the same as the one before. */
  #isNew(from: readonly number[], to: readonly number[]): boolean {
    if (!this.#hasGroup(from) && !this.#hasGroup(to)) return true;
    const key = `${from.join()} ${to.join()}`;
    const isNew = !this.#known.has(key);
    this.#known.add(key);
    return isNew;
  }

  #hasGroup(places: readonly number[]): boolean {
    return places.some((place) => this.#members[place]?.name !== undefined);
  }
}

class SharedJoins {
  readonly #links: Links;
  /** The link that the next one leads on from. */
  #behind: number | undefined;
  /** All nodes that have come before what the next link leads to. */
  readonly #before = new Set<number>();
  /** Those of them that no link has told. */
  #untold: number[] = [];
  /** To what links lead since the last one that told of a node. */
  readonly #led = new Set<number>();

  constructor(count: number) {
    this.#links = new Links(count);
  }

  /** Forgets the nodes so far. */
  begin(): void {
    this.#behind = undefined;
    this.#before.clear();
    this.#untold = [];
    this.#led.clear();
  }

  end(nodes: readonly number[]): void {
    for (const node of nodes) {
      if (this.#before.has(node)) continue;
      this.#before.add(node);
      this.#untold.push(node);
    }
    if (this.#untold.length > 0) this.#led.clear();
  }

  lead(nodes: readonly number[]): void {
    const to = nodes.filter((node) => !this.#before.has(node) && !this.#led.has(node));
    if (to.length === 0 || this.#before.size === 0) return;
    const behind = this.#behind === undefined ? {} : { behind: this.#behind };
    this.#behind = this.#links.add({ from: this.#untold, to, ...behind });
    this.#untold = [];
    for (const node of to) this.#led.add(node);
  }

  all(): Joins {
    return this.#links.all();
  }
}

function unset(marks: Uint8Array): readonly number[] {
  const places: number[] = [];
  marks.forEach((mark, place) => {
    if (mark === 0) places.push(place);
  });
  return places;
}
