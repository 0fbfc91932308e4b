import type { ExecutionHeader, Halt } from "perdure/engine";
import type { JSX } from "preact";
import { FailureText } from "../../../console/views/ui/failure-text.tsx";
import { moment, pretty, remaining } from "../../../console/views/ui/labels.ts";
import { LogLinesList, type ShownLogLine } from "../../../console/views/ui/log-lines.tsx";
import { Fact } from "../../../console/views/ui/operation-details.tsx";
import { Payload } from "../../../console/views/ui/payload.tsx";
import { TagList } from "../../../console/views/ui/tag-list.tsx";

/** An execution that another one was made from, or that was made from it. */
export interface Relative {
  readonly id: string;
  readonly name: string;
}

export interface ExecutionDetailsProps {
  readonly header: ExecutionHeader;
  /** Ms since the epoch. */
  readonly now: number;
  readonly hasOperations: boolean;
  /** The execution that it was made from, and the operation that it began with where one was named. */
  readonly parent: (Relative & { readonly operationName: string | undefined }) | undefined;
  readonly forks: readonly Relative[];
  readonly lines: readonly ShownLogLine[];
  /** The error as the handler threw it. */
  readonly thrown: { readonly stack: string; readonly line?: number } | undefined;
  readonly onSelect: (executionId: string) => void;
  readonly onLine: (line: number) => void;
}

/** The details of an execution as a whole. */
export function ExecutionDetails(props: ExecutionDetailsProps): JSX.Element {
  const { header, hasOperations, lines, thrown, onLine } = props;
  const { input, result, error } = header;
  return (
    <section class="details" aria-label="This execution" tabIndex={0}>
      <Kin {...props} />
      <Facts {...props} />
      {hasOperations && (
        <p class="hint">Choose an operation, with a click or the arrow keys, to see its result, attempts and line.</p>
      )}
      <dl class="payloads">
        {input !== undefined && <Payload name="Input" text={pretty(input)} />}
        {result !== undefined && <Payload name="Result" text={pretty(result)} />}
        {error !== undefined && <FailureText {...{ error, thrown, onLine }} />}
      </dl>
      <LogLinesList lines={lines} onLine={onLine} />
    </section>
  );
}

/** The execution's tags, the time when it begins, and the time since when it is paused. */
function Facts({ header: { tags, startAt, halt }, now }: ExecutionDetailsProps): JSX.Element | null {
  const hasTags = tags !== undefined && Object.keys(tags).length > 0;
  if (!hasTags && startAt === undefined && halt?.reason !== "PAUSED") return null;
  return (
    <dl class="facts">
      {hasTags && (
        <div class="tags">
          <dt>Tags</dt>
          <dd>
            <TagList tags={tags} />
          </dd>
        </div>
      )}
      {startAt !== undefined && (
        <Fact name={startAt > now ? "Begins" : "Scheduled for"} value={timeText(startAt, now)} />
      )}
      {halt?.reason === "PAUSED" && <Fact name="Paused" value={pausedText(halt)} />}
    </dl>
  );
}

function timeText(at: number, now: number): string {
  return at > now ? `${moment(at)}, in ${remaining(at - now)}` : moment(at);
}

function pausedText({ at }: Halt): string {
  return `since ${moment(at)}`;
}

function Kin({ parent, forks, onSelect }: ExecutionDetailsProps): JSX.Element | null {
  if (parent === undefined && forks.length === 0) return null;
  return (
    <p class="kin">
      {parent !== undefined && (
        <span>
          Made from <KinButton relative={parent} onSelect={onSelect} />
          {parent.operationName !== undefined && `, anew from “${parent.operationName}” on`}.{" "}
        </span>
      )}
      {forks.length > 0 && (
        <span>
          Made from this one:{" "}
          {forks.map((relative) => (
            <KinButton key={relative.id} relative={relative} onSelect={onSelect} />
          ))}
        </span>
      )}
    </p>
  );
}

interface KinButtonProps {
  readonly relative: Relative;
  readonly onSelect: (executionId: string) => void;
}

function KinButton({ relative: { id, name }, onSelect }: KinButtonProps): JSX.Element {
  return (
    <button type="button" class="quiet small" onClick={() => onSelect(id)}>
      {name}
    </button>
  );
}
