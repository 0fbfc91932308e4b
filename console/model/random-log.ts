/** Logs as no code would write them on purpose: contexts in contexts, times that lie close together, ways back. */

import { type Commit, encodeCommit, type Fact, type Operation } from "perdure/engine";
import { copyOf } from "../../src/engine/machine/copy.ts";
import { type ExecutionView, viewOf } from "../views/model/execution-view.ts";

/** The changes in one commit, each a number that stands for a change that fits. */
export type Choices = readonly number[];

/** More than so many in contexts, and the graph of a part of a log would fold what that of all of it does not. */
const MOST_INSIDE = 20;
const NAMES = ["a", "b", "page 1", "page 2", "item-3"];
const SUB_TYPES = ["Map", "Parallel", "RunInChildContext"];

/** The bodies of the log: a commit for each list of choices. */
export function randomLog(commits: readonly Choices[]): readonly string[] {
  const log = new RandomLog();
  for (const choices of commits) log.add(choices);
  return log.bodies;
}

interface TellingFact {
  readonly kind: string;
  readonly id: string;
  readonly [more: string]: unknown;
}

class RandomLog {
  readonly bodies: string[] = [];
  readonly #view: ExecutionView = viewOf([]);
  readonly #commits: Commit[] = [];
  #inside = 0;
  #at = 100;

  constructor() {
    const started = { name: "x", incarnation: "c0ffee", functionName: "f", version: "1", retentionDays: 14 };
    this.#write([{ kind: "EXECUTION_STARTED", ...started }]);
  }

  add(choices: Choices): void {
    const [first = 0, ...rest] = choices;
    this.#at += first % 3;
    const [way = 0, to = 0] = rest;
    if (way % 12 === 0 && this.#commits.length > 2) return this.#rewind(1 + (to % this.#commits.length));
    const told = new Set<string>();
    const facts = rest.flatMap((choice) => {
      const fact = this.#fact(choice, told);
      if (fact !== undefined) told.add(fact.id);
      return fact ?? [];
    });
    this.#write(facts);
  }

  #rewind(seq: number): void {
    const commits = copyOf(this.#commits, { type: "COMMIT", seq }, { isOwn: true });
    this.#write([{ kind: "REWOUND", cursor: seq, commits }]);
  }

  /** One about an operation of which the commit says nothing yet. */
  #fact(choice: number, told: ReadonlySet<string>): TellingFact | undefined {
    const [what, which] = [choice % 8, choice >> 3];
    const at = this.#at - (which % 4);
    const open = this.#open(told);
    const one = open[which % Math.max(1, open.length)];
    if (what < 3 && one !== undefined) return { kind: what === 0 ? "FAILED" : "SUCCEEDED", id: one.id, at };
    const contexts = this.#inside < MOST_INSIDE ? open.filter(({ type }) => type === "CONTEXT") : [];
    const parentId = contexts[which % (contexts.length + 1)]?.id;
    const id = this.#freeId(parentId, told);
    if (parentId !== undefined) this.#inside++;
    const base = { id, name: NAMES[which % NAMES.length], at, ...(parentId !== undefined && { parentId }) };
    if (what === 7) return { ...base, kind: "STARTED", type: "CONTEXT", subType: SUB_TYPES[which % SUB_TYPES.length] };
    return { ...base, kind: what < 5 ? "SUCCEEDED" : "STARTED", type: "STEP", subType: "Step" };
  }

  /** Operations without an outcome, in contexts without one. */
  #open(told: ReadonlySet<string>): readonly Operation[] {
    const open = new Map(this.#view.unsettledAt(this.#view.length).map((each) => [each.id, each]));
    const isOpen = (id: string): boolean => {
      const parentId = open.get(id)?.parentId;
      return open.has(id) && !told.has(id) && (parentId === undefined || isOpen(parentId));
    };
    return [...open.values()].filter(({ id }) => isOpen(id));
  }

  #freeId(parent: string | undefined, told: ReadonlySet<string>): string {
    for (let number = 1; ; number++) {
      const id = parent === undefined ? `${number}` : `${parent}-${number}`;
      if (this.#view.track(id) === undefined && !told.has(id)) return id;
    }
  }

  #write(facts: readonly object[]): void {
    const commit: Commit = { v: 3, writer: `w.${this.#commits.length}`, at: this.#at, facts: facts as readonly Fact[] };
    const body = encodeCommit(commit);
    this.#commits.push(commit);
    this.bodies.push(body);
    this.#view.add(body);
  }
}
