import { expect, test } from "vitest";
import { Recorder } from "../engine/machine/recorder.ts";
import { causeFromFailure } from "../engine/model/errors.ts";
import { DevLog } from "./dev-log.ts";
import { Terminal } from "./terminal.ts";

test("has the emulator's time, also in the lines that handlers wrote by their own clock", () => {
  const written: string[] = [];
  const out = { write: (text: string) => written.push(text) };
  const noon = new Date(2026, 5, 1, 12).getTime();
  // Whatever the time, this emulator's clock stands at three o'clock for lines of now, and is three hours ahead.
  const log = new DevLog(new Terminal({ out, err: out, env: {} }));
  log.follow({ emulatedAt: (wall) => (wall === noon ? wall : noon) + 10_800_000 });
  log.notice("order.ts has changed");
  const timestamp = new Date(noon).toISOString();
  log.line("order", JSON.stringify({ timestamp, level: "INFO", message: "priced", operationName: "price" }));
  log.line("order", "written by console.log");
  expect(written).toEqual([
    "15:00:00 perdure | order.ts has changed\n",
    "15:00:00 order | 15:00:00 INFO  price: priced\n",
    "15:00:00 order | written by console.log\n",
  ]);
});

const faults = [
  { errorType: "Runtime.ExitError", errorMessage: "The process ended with exit code 3." },
  { errorMessage: "without a type" },
];

/** A log whose lines are kept without their times. */
function opened(): { readonly log: DevLog; readonly written: readonly string[] } {
  const written: string[] = [];
  const out = { write: (text: string) => written.push(text.replace(/^[\d:]+ /, "")) };
  return { log: new DevLog(new Terminal({ out, err: out, env: {} })), written };
}

test.for(faults)("tells once why an invocation broke, and each time that it does: %j", (error) => {
  const { log, written } = opened();
  const { header } = Recorder.started().state;
  const words = [error.errorType, error.errorMessage].filter((part) => part !== undefined).join(": ");
  const broken = { ...header, fault: { error, count: 1, at: 0, retryAt: 1 } };
  for (const _ of ["once", "again"]) {
    log.output(header, { status: "FAULT", error });
    log.error(header.id, causeFromFailure(error), broken);
  }
  log.error(header.id, new Error("of something else"), broken);
  log.error(undefined, causeFromFailure(error));
  const broke = `${header.id} | broke, and is tried again: ${words}\n`;
  const elsewhere = `perdure | ${error.errorType ?? "Error"}: ${error.errorMessage}\n`;
  expect(written).toEqual([broke, broke, `${header.id} | Error: of something else\n`, elsewhere]);
});

test.for([
  ["REPEATED_FAULTS", "HALTED, 50 invocations in a row broke and got nowhere (mend it, then perdure resume)"],
  ["PAUSED", "broke"],
] as const)(
  "does not say that an invocation is tried again which broke and left the execution halted: %s",
  ([reason, word]) => {
    const { log, written } = opened();
    const { header } = Recorder.started().state;
    const error = { errorType: "Runtime.ExitError", errorMessage: "gone" };
    log.output(header, { status: "FAULT", error });
    log.error(header.id, causeFromFailure(error), { ...header, halt: { reason, error, at: 0 } });
    expect(written).toEqual([`${header.id} | ${word}: Runtime.ExitError: gone\n`]);
  },
);
