/** The advice to an operator about an execution that stands still, by the reason that the face gives. */

export interface Advice {
  readonly title: string;
  readonly text: string;
}

const ADVICE: Readonly<Record<string, Advice>> = {
  NON_DETERMINISM: {
    title: "Halted: the code and the log do not match",
    text:
      "The code that runs calls something else than what this execution has recorded. Deploy code that makes the recorded " +
      "calls (perdure replay finds out whether it does) and resume, or restart from an operation before the difference.",
  },
  VERSION_MISSING: {
    title: "Halted: its version of the function is not there",
    text:
      "The host does not have the version that this execution began with. Deploy that version again, or resume with " +
      "another version if the code makes the same calls.",
  },
  STORAGE_FULL: {
    title: "Halted: there is no room for its log",
    text: "The store refuses writes. Purge executions that have ended, or give the store more room; then resume.",
  },
  REPEATED_FAULTS: {
    title: "Halted: its invocations kept breaking",
    text:
      "Invocation after invocation ended without an outcome: a crash, a timeout, too little memory. Find the cause in " +
      "the logs of the function, mend it, and resume.",
  },
  PAUSED: {
    title: "Paused by an operator",
    text: "Nothing is started until it is resumed. Callbacks are still accepted.",
  },
};

export function adviceOn(reason: string): Advice {
  return (
    ADVICE[reason] ?? {
      title: `Halted: ${reason.toLowerCase().replaceAll("_", " ")}`,
      text: "Nothing runs until somebody resumes it.",
    }
  );
}
