import type { JSX } from "preact";
import { operationAt, type Track } from "../views/model/execution-view.ts";
import { FailureText } from "../views/ui/failure-text.tsx";
import { pretty, titleOf } from "../views/ui/labels.ts";
import { OperationDetails } from "../views/ui/operation-details.tsx";
import { Payload } from "../views/ui/payload.tsx";
import { around } from "../views/model/outline.ts";
import { CompareView, type Comparable } from "./compare-view.tsx";
import type { SubjectProps } from "./execution-page.tsx";

/** All that is known of the chosen operation, or of the execution while none is chosen. */
export function DetailsPane(props: SubjectProps): JSX.Element | null {
  const { console, subject, route } = props;
  const { view } = subject;
  void subject.revision.value;
  const seq = Math.min(route.commit ?? view.length, view.length);
  const track = view.track(route.operation ?? "");
  const operation = track === undefined ? undefined : operationAt(track, seq);
  if (track === undefined || operation === undefined) return <OfExecution {...props} />;
  const select = (id: string | undefined): void => console.router.adjust({ ...route, operation: id });
  return (
    <OperationDetails
      {...{ operation, track, seq, now: console.now.value, line: undefined, runs: 0, lines: [] }}
      thrown={undefined}
      onClose={() => select(undefined)}
      onLine={() => undefined}
      onRestart={undefined}
    >
      <Place {...{ track, props, select }} />
      <CompareView key={track.id} texts={textsOf(track, seq)} />
    </OperationDetails>
  );
}

interface PlaceProps {
  readonly track: Track;
  readonly props: SubjectProps;
  readonly select: (id: string) => void;
}

/** The contexts around it, to go to. */
function Place({ track, props: { subject }, select }: PlaceProps): JSX.Element | null {
  const parents = around(track, (id) => subject.view.track(id));
  if (parents.length === 0) return null;
  return (
    <p class="place">
      <span class="hint">In </span>
      {parents.map(({ id, versions }) => {
        const operation = versions.at(-1)?.operation;
        return (
          <button key={id} type="button" class="quiet small" onClick={() => select(id)}>
            {operation === undefined ? id : titleOf(operation)}
          </button>
        );
      })}
    </p>
  );
}

/** What it was given and what became of it, attempt by attempt. */
function textsOf(track: Track, seq: number): readonly Comparable[] {
  const operation = operationAt(track, seq);
  const input = operation !== undefined && "input" in operation ? operation.input : undefined;
  const attempts = track.spans
    .filter(({ kind, toSeq }) => kind === "work" && toSeq !== undefined && toSeq <= seq)
    .flatMap(({ error }, index) =>
      error === undefined ? [] : [{ name: `Attempt ${index + 1}`, text: JSON.stringify(error, null, 2) }],
    );
  return [
    ...(input === undefined ? [] : [{ name: "Input", text: pretty(input) }]),
    ...attempts,
    ...(operation?.result === undefined ? [] : [{ name: "Result", text: pretty(operation.result) }]),
  ];
}

function OfExecution({ subject, route }: SubjectProps): JSX.Element | null {
  void subject.revision.value;
  const header = subject.view.headerAt(Math.min(route.commit ?? subject.view.length, subject.view.length));
  if (header === undefined) return null;
  const { input, result, error } = header;
  const texts = [
    ...(input === undefined ? [] : [{ name: "Input", text: pretty(input) }]),
    ...(result === undefined ? [] : [{ name: "Result", text: pretty(result) }]),
  ];
  return (
    <section class="details" aria-label="This execution" tabIndex={0}>
      <h3>The execution</h3>
      <p class="hint">Choose an operation, with a click or the arrow keys, to see its result and its attempts.</p>
      <dl class="payloads">
        {input !== undefined && <Payload name="Input" text={pretty(input)} />}
        {result !== undefined && <Payload name="Result" text={pretty(result)} />}
        {error !== undefined && <FailureText error={error} thrown={undefined} onLine={() => undefined} />}
        <Payload name="ARN" text={subject.arn} />
      </dl>
      <CompareView key={subject.arn} texts={texts} />
    </section>
  );
}
