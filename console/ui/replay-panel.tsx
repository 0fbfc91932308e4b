import { type Signal, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { ReplayVerdict } from "../api/answers.ts";
import { isLacking } from "../api/face.ts";
import { replayOnThisMachine } from "../api/deeds.ts";
import { Payload } from "../views/ui/payload.tsx";
import type { SubjectProps } from "./execution-page.tsx";

type State =
  | { readonly type: "asking" }
  | { readonly type: "told"; readonly verdict: ReplayVerdict }
  | { readonly type: "by hand" };

/** The history as a file, and whether the code of today makes its calls. */
export function HistoryTools(props: SubjectProps): JSX.Element {
  const { console, subject } = props;
  const state = useSignal<State | undefined>(undefined);
  const face = console.session.face.value;
  const ask = async (): Promise<void> => {
    if (face === undefined) return;
    state.value = { type: "asking" };
    try {
      const functionName = subject.view.header?.functionName ?? "";
      state.value = { type: "told", verdict: await replayOnThisMachine(face, functionName, subject.view.bodies) };
    } catch (error) {
      state.value = isLacking(error) ? { type: "by hand" } : undefined;
      if (!isLacking(error)) console.notices.fail(error);
    }
  };
  return (
    <>
      <div class="deeds" role="group" aria-label="Its history">
        <button
          type="button"
          data-opens="replay"
          title="Runs the code that is on this machine against this log: no step runs, and nothing is written."
          onClick={() => void ask()}
        >
          Check with code here
        </button>
        <button type="button" title="The log, for perdure replay." onClick={() => download(props)}>
          Download log
        </button>
      </div>
      {state.value !== undefined && <Panel {...props} state={state} now={state.value} />}
    </>
  );
}

interface PanelProps extends SubjectProps {
  readonly state: Signal<State | undefined>;
  readonly now: State;
}

function Panel({ state, now, ...props }: PanelProps): JSX.Element {
  return (
    <section class="replayed" aria-label="The code of today" role="status" data-opened-by="replay">
      {now.type === "asking" && <p>The code runs against the log …</p>}
      {now.type === "by hand" && <ByHand {...props} />}
      {now.type === "told" && <Verdict {...props} verdict={now.verdict} />}
      <button type="button" class="quiet" onClick={() => (state.value = undefined)}>
        Close
      </button>
    </section>
  );
}

function ByHand({ subject }: SubjectProps): JSX.Element {
  return (
    <div class="grow">
      <p>
        There is no code here. Name its file to the command that has opened this page (perdure console ./order.ts), or
        download the log and run:
      </p>
      <dl class="payloads">
        <Payload name="Command" text={`npx perdure replay ${fileName(subject)} ./handler.ts --every-commit`} />
      </dl>
    </div>
  );
}

function Verdict({
  console,
  route,
  subject,
  verdict,
}: SubjectProps & { readonly verdict: ReplayVerdict }): JSX.Element {
  const { matches, commit, difference, source } = verdict;
  const file = source.split(/[\\/]/).at(-1) ?? source;
  if (matches) {
    return (
      <p class="grow replayed-good">
        The code in {file} makes the calls of this log, up to commit {subject.view.length} of {subject.view.length}.
      </p>
    );
  }
  return (
    <div class="grow">
      <p class="replayed-bad">
        The code in {file} and the log part after commit {commit}:
      </p>
      <p class="code">{difference}</p>
      {commit !== undefined && commit > 0 && (
        <button type="button" onClick={() => console.router.adjust({ ...route, tab: "Log", commit })}>
          Show commit {commit}
        </button>
      )}
    </div>
  );
}

function fileName({ view }: SubjectProps["subject"]): string {
  return `${view.header?.name ?? "execution"}.jsonl`;
}

function download({ subject }: SubjectProps): void {
  const url = URL.createObjectURL(new Blob([`${subject.view.bodies.join("\n")}\n`], { type: "application/jsonl" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = fileName(subject);
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
