/** Keys of the terminal in which `perdure dev` runs: time is put forward by one of them. */

import type { LocalHost } from "../homes/local/local-host.ts";
import type { DevLog } from "./dev-log.ts";

const HOUR = 3_600_000;
const SKIPS: Readonly<Record<string, { readonly ms: number; readonly words: string }>> = {
  m: { ms: 60_000, words: "a minute" },
  h: { ms: HOUR, words: "an hour" },
  d: { ms: 24 * HOUR, words: "a day" },
};
const CTRL_C = "\u0003";

export const KEYS_HELP =
  "Keys: m, h, d put the clock forward by a minute, an hour, a day; c gives another link to the console; Ctrl+C ends.";

/** Answers what stops listening. Where there is no terminal it does nothing. */
export function listenToKeys(host: LocalHost, log: DevLog): () => void {
  const { stdin } = process;
  if (!stdin.isTTY) return () => {};
  const onKey = (key: Buffer): void => {
    const text = key.toString();
    // In this mode the terminal makes no signal of it.
    if (text === CTRL_C) process.kill(process.pid, "SIGINT");
    if (text === "c") log.notice(`The console, with a link for one use: ${host.consoleLink()}`);
    const skip = SKIPS[text];
    if (skip === undefined) return;
    host.clock.skip(skip.ms);
    log.notice(`The clock was put forward by ${skip.words}: it says ${new Date(host.clock.now()).toLocaleString()}.`);
  };
  stdin.setRawMode(true);
  stdin.on("data", onKey);
  return () => {
    stdin.off("data", onKey);
    stdin.setRawMode(false);
    stdin.pause();
  };
}
