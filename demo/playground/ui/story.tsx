import type { JSX } from "preact";
import type { Playground } from "./playground.ts";
import { storyOf } from "./story-text.ts";

/** What is going on, in a sentence or two. */
export function Story({ playground }: { readonly playground: Playground }): JSX.Element {
  void playground.revision.value;
  const lines = linesOf(playground);
  return (
    <div class="story">
      {lines.map((line, index) => (
        <p key={index}>{line}</p>
      ))}
    </div>
  );
}

function linesOf(playground: Playground): readonly string[] {
  const { view, seq, scrub, moment, codeRun, process, isRemote, hasCode } = playground;
  if (view.value.header === undefined) {
    return isRemote.value
      ? ["Choose an execution of the Worker under Executions, or start one."]
      : ["Nothing has run yet. Press Run."];
  }
  return storyOf({
    ...{
      view: view.value,
      seq: seq.value,
      isLive: scrub.value === undefined,
      now: moment.value,
      run: codeRun.value,
      hasCode,
    },
    ...(isRemote.value ? {} : { process: process.value }),
  });
}
