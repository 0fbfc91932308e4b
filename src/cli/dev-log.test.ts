import { expect, test } from "vitest";
import { Recorder } from "../engine/machine/recorder.ts";
import { causeFromFailure } from "../engine/model/errors.ts";
import { DevLog } from "./dev-log.ts";
import { Terminal } from "./terminal.ts";

test("has the emulator's time, also in the lines that handlers wrote by their own clock", () => {
  const written: string[] = [];
  const out = { write: (text: string) => written.push(text) };
  const noon = new Date(2026, 5, 1, 12).getTime();
  // Whatever the time is, this emulator's clock stands at three o'clock for lines of now, and is three hours ahead.
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

test.for([
  { errorType: "Runtime.ExitError", errorMessage: "The process ended with exit code 3." },
  { errorMessage: "without a type" },
])("tells once why an invocation broke, and each time that it does: %j", (error) => {
  const written: string[] = [];
  const out = { write: (text: string) => written.push(text.replace(/^[\d:]+ /, "")) };
  const log = new DevLog(new Terminal({ out, err: out, env: {} }));
  const { header } = Recorder.started().state;
  const words = [error.errorType, error.errorMessage].filter((part) => part !== undefined).join(": ");
  for (const _ of ["once", "again"]) {
    log.output(header, { status: "FAULT", error });
    log.error(header.id, causeFromFailure(error));
  }
  log.error(header.id, new Error("of something else"));
  log.error(undefined, causeFromFailure(error));
  const broke = `${header.id} | broke, and is tried again: ${words}\n`;
  const elsewhere = `perdure | ${error.errorType ?? "Error"}: ${error.errorMessage}\n`;
  expect(written).toEqual([broke, broke, `${header.id} | Error: of something else\n`, elsewhere]);
});
