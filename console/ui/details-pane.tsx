import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { wireId } from "../../src/lambda-compat/wire-id.ts";
import { textsOfExecution, textsOfOperation } from "../model/comparable.ts";
import { executionRoute, formatRoute } from "../model/route.ts";
import type { Subject } from "../state/subject.ts";
import { operationAt, type Track } from "../views/model/execution-view.ts";
import { FailureText } from "../views/ui/failure-text.tsx";
import { listTime, pretty } from "../views/ui/labels.ts";
import { LogLinesList, type ShownLogLine } from "../views/ui/log-lines.tsx";
import { OperationDetails } from "../views/ui/operation-details.tsx";
import { Payload } from "../views/ui/payload.tsx";
import type { Insights } from "../model/insights.ts";
import { otherLines } from "../model/other-lines.ts";
import { around } from "../views/model/outline.ts";
import { CompareView } from "./compare-view.tsx";
import { ExecutionFacts } from "./execution-facts.tsx";
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
      {...{ operation, track, seq, now: console.now.value, line: undefined, runs: 0 }}
      lines={linesOf(subject, track.id)}
      thrown={undefined}
      onClose={() => select(undefined)}
      onLine={() => undefined}
    >
      <Place {...{ track, props, select }} />
      <Origin track={track} subject={subject} />
      <CompareView key={track.id} texts={textsOfOperation(track, seq)} />
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
      {parents.map(({ id, title }) => (
        <button key={id} type="button" class="quiet small" onClick={() => select(id)}>
          {title}
        </button>
      ))}
    </p>
  );
}

/** The source of a copied operation's result: the execution that this one was forked from. */
function Origin({ track, subject }: { readonly track: Track; readonly subject: Subject }): JSX.Element | null {
  const { forkedFrom } = subject.details.value ?? {};
  if (!track.isCopied || forkedFrom === undefined) return null;
  return (
    <p class="place">
      <span class="hint">Copied from </span>
      <a href={formatRoute({ ...executionRoute(forkedFrom.arn), operation: track.id })}>{forkedFrom.name}</a>
      <span class="hint">: it did not run here.</span>
    </p>
  );
}

/** The lines that the operation's own code wrote. */
function linesOf({ lines }: Subject, operationId: string): readonly ShownLogLine[] {
  const id = wireId(operationId);
  return (lines.value ?? []).filter((line) => line.operationId === id);
}

interface AllLinesProps {
  readonly subject: Subject;
  /** Ms since the epoch. */
  readonly now: number;
}

/** All lines, each with the operation that it is from. */
function AllLines({ subject, now }: AllLinesProps): JSX.Element {
  const lines = subject.lines.value;
  void subject.revision.value;
  const hasLines = lines !== undefined && lines.length > 0;
  const names = useMemo(() => namesById(subject, hasLines), [subject.view, subject.view.tracks.length, hasLines]);
  const shown = (lines ?? []).map((line) => ({ ...line, from: names.get(line.operationId ?? "") }));
  return (
    <>
      <LogLinesList lines={shown} onLine={() => undefined} />
      <OtherLines subject={subject} now={now} />
    </>
  );
}

/** The place of the lines that are not here, and the way to find them there. */
function OtherLines({ subject, now }: AllLinesProps): JSX.Element | null {
  const { arn, lines, lineScope, details } = subject;
  const isKept = lines.value !== undefined;
  const others = otherLines(arn, { isKept, startedAt: details.value?.startedAt, ...lineScope.value });
  switch (others?.kind) {
    case undefined:
      return null;
    case "IN_CLOUDWATCH":
      return <LinesInCloudWatch {...others.insights} />;
    case "ELSEWHERE":
      return <p class="hint">Log lines are in {others.service}.</p>;
    case "EARLIER":
      return (
        <p class="hint">
          Log lines since {listTime(others.since, now)}; earlier ones are{" "}
          {others.service === undefined ? "not kept" : `in ${others.service}`}.
        </p>
      );
    case "NOT_KEPT":
      return (
        <p class="hint">
          This host does not keep the lines that code writes: look for them where its output goes. Those of
          context.logger have the ARN above as their executionArn. perdure dev keeps them, and createHttpFace takes
          whatever has them, as logs.
        </p>
      );
  }
}

function LinesInCloudWatch({ region, logGroup, query }: Insights): JSX.Element {
  return (
    <section aria-label="Log lines">
      <h3>Log lines</h3>
      <p class="hint">
        CloudWatch has them, in {region}: in the log group <code>{logGroup}</code>, unless the function was given
        another. Logs Insights finds those of context.logger with this query:
      </p>
      <dl class="payloads">
        <Payload name="Query" text={query} />
      </dl>
    </section>
  );
}

/** The names of operations by their ids on the wire. Empty where no line needs one, since each takes a hash. */
function namesById({ view }: Subject, isNeeded: boolean): ReadonlyMap<string, string> {
  return new Map(
    (isNeeded ? view.tracks : []).flatMap(({ id, title, versions }) => {
      const operation = versions.at(-1)?.operation;
      return operation === undefined ? [] : [[wireId(id), view.nameOf(operation) ?? title] as const];
    }),
  );
}

function OfExecution({ console, subject, route }: SubjectProps): JSX.Element | null {
  void subject.revision.value;
  const header = subject.view.headerAt(Math.min(route.commit ?? subject.view.length, subject.view.length));
  if (header === undefined) return null;
  const { input, result, error } = header;
  return (
    <section class="details" aria-label="This execution" tabIndex={0}>
      <h3>The execution</h3>
      <p class="hint">Choose an operation, with a click or the arrow keys, to see its result and its attempts.</p>
      <ExecutionFacts subject={subject} />
      <dl class="payloads">
        {input !== undefined && <Payload name="Input" text={pretty(input)} />}
        {result !== undefined && <Payload name="Result" text={pretty(result)} />}
        {error !== undefined && <FailureText error={error} thrown={undefined} onLine={() => undefined} />}
        <Payload name="ARN" text={subject.arn} />
      </dl>
      <CompareView key={subject.arn} texts={textsOfExecution(header)} />
      <AllLines subject={subject} now={console.now.value} />
    </section>
  );
}
