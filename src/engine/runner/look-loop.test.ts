/** A look carries out what the newest state asks for, and nothing that an older one did. */

import { expect, test } from "vitest";
import type { Duty, Plan } from "../machine/plan.ts";
import { LookLoop, type Outlook } from "./look-loop.ts";

const SHOW: Duty = { kind: "SHOW" };
const RENEW: Duty = { kind: "RENEW" };

function planned(...duties: Duty[]): Plan {
  return { duties, wakeAt: undefined };
}

/** An execution whose plans follow from its number, and that goes on while a duty is carried out. */
class Ledger implements Outlook {
  seq = 1;
  readonly done: string[] = [];
  readonly #plans: ReadonlyMap<number, Plan>;
  readonly #moves: boolean;

  constructor(plans: ReadonlyMap<number, Plan>, moves: boolean) {
    this.#plans = plans;
    this.#moves = moves;
  }

  read(): void {}

  plan(): Plan {
    const known = this.#plans.get(this.seq) ?? planned();
    return planned(...known.duties.filter(({ kind }) => !this.done.includes(`${kind} at ${this.seq}`)));
  }

  async carryOut({ kind }: Duty): Promise<void> {
    this.done.push(`${kind} at ${this.seq}`);
    await Promise.resolve();
    if (this.#moves && this.seq === 1) this.seq = 2;
  }

  rest(): void {
    this.done.push(`rest at ${this.seq}`);
  }

  failed(error: unknown): void {
    throw error;
  }

  onIdle(): void {}
}

async function looked(ledger: Ledger): Promise<readonly string[]> {
  await new LookLoop(ledger, () => {}).ask();
  return ledger.done;
}

test("all duties of a plan are carried out on the state that it follows from", async () => {
  const ledger = new Ledger(new Map([[1, planned(SHOW, RENEW)]]), false);
  expect(await looked(ledger)).toEqual(["SHOW at 1", "RENEW at 1", "rest at 1"]);
});

test("a duty that waits behind another one is dropped if the state has gone on without it", async () => {
  const ledger = new Ledger(
    new Map([
      [1, planned(SHOW, RENEW)],
      [2, planned()],
    ]),
    true,
  );
  expect(await looked(ledger)).toEqual(["SHOW at 1", "rest at 2"]);
});

test("a read that fails counts although what another task has found meanwhile has interrupted the look", async () => {
  const ledger = new Ledger(new Map(), false);
  const failures: unknown[] = [];
  ledger.failed = (error) => failures.push(error);
  ledger.read = () => {
    loop.interrupt();
    throw new Error("no answer");
  };
  const loop = new LookLoop(ledger, () => {});
  await loop.ask({ reads: true });
  expect(failures).toHaveLength(1);
});

test("a look that is stopped while it reads does nothing more", async () => {
  const ledger = new Ledger(new Map([[1, planned(SHOW)]]), false);
  ledger.read = () => loop.stop();
  const loop = new LookLoop(ledger, () => {});
  await loop.ask({ reads: true });
  expect(ledger.done).toEqual([]);
});
