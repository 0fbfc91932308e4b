/** The names of the actions on an execution, and the texts before and after each. */

export type Deed = "stop" | "pause" | "resume" | "fork" | "rewind" | "purge";

export const DEED_LABELS: Readonly<Record<Deed, string>> = {
  pause: "Pause",
  resume: "Resume",
  stop: "Stop",
  fork: "Restart from here",
  rewind: "Rewind",
  purge: "Purge",
};

export const DEED_TITLES: Readonly<Record<Deed, string>> = {
  pause: "Starts nothing any more until it is resumed.",
  resume: "Goes on with it, with the version that it has or another.",
  stop: "Ends it where it is.",
  fork: "Makes a new execution with the log up to here, which goes on by itself.",
  rewind: "Takes this execution back to an earlier point.",
  purge: "Removes it, and its log, before its retention is over.",
};

export const PAUSE_TEXT = "Nothing new is started. What arrives meanwhile is recorded.";

/** Told once it is done. */
export const DONE = {
  pause: "It is paused.",
  resume: "It goes on.",
  rewind: "It goes on from there.",
} as const;

/** `until` says how much of the log is kept: `before “charge”`. */
export function rewindText(until: string): string {
  return `This execution goes on from its log ${until}. What came after stays in the history, and counts no more.`;
}

export function lackingText(deed: Deed): string {
  return `This service has no call to ${deed} an execution.`;
}
