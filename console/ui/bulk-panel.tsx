import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { ManyDeed } from "../api/deeds.ts";
import type { Face } from "../api/face.ts";
import { counted } from "../views/model/counted.ts";
import { type FailureGroup, failureGroups } from "../model/failure-groups.ts";
import { messageOf } from "../views/model/message-of.ts";
import type { ExecutionRow } from "../model/filter.ts";
import { type List } from "../state/console.ts";
import { takeKeyboard } from "../views/ui/kept-keyboard.ts";
import { lackingText } from "../views/ui/deed-words.ts";
import { MOST_ROWS } from "../state/listing.ts";
import { doToRows, type RowProgress } from "../state/many.ts";
import type { PageProps } from "./app.tsx";

export interface BulkPanelProps extends PageProps {
  readonly listing: List;
  readonly marked: ReadonlySet<string>;
  readonly onMarked: (marked: ReadonlySet<string>) => void;
}

interface DeedWords {
  readonly label: string;
  readonly done: string;
  /** The words for executions that were as the deed would make them already. */
  readonly already: string;
  readonly asks: string;
}

const DEEDS: Readonly<Record<ManyDeed, DeedWords>> = {
  resume: { label: "Resume", done: "resumed", already: "went on already", asks: "Go on with" },
  pause: { label: "Pause", done: "paused", already: "were paused already", asks: "Have nothing begin in" },
  stop: { label: "Stop", done: "stopped", already: "had ended already", asks: "End, where they are," },
  purge: { label: "Purge", done: "purged", already: "were gone already", asks: "Remove, with their logs, for good" },
};

interface Work {
  readonly deed: ManyDeed;
  readonly progress: RowProgress;
  readonly abort: AbortController;
}

/** The buttons that act on all marked executions, the question before, and the progress after. */
export function BulkPanel(props: BulkPanelProps): JSX.Element | null {
  const asked = useSignal<ManyDeed | undefined>(undefined);
  const work = useSignal<Work | undefined>(undefined);
  const { console, listing, marked, onMarked } = props;
  const begin = async (face: Face, deed: ManyDeed, rows: readonly ExecutionRow[]): Promise<void> => {
    asked.value = undefined;
    const abort = new AbortController();
    const onProgress = (progress: RowProgress): void => {
      work.value = { deed, progress, abort };
    };
    const { left } = await doToRows(face, { deed, rows, onProgress, signal: abort.signal });
    onMarked(new Set(left.map(({ arn }) => arn)));
    void listing.refresh(console.seen);
  };
  const face = console.session.face.value;
  if (work.value !== undefined) {
    const close = (): void => {
      work.value = undefined;
    };
    const { deed, progress } = work.value;
    const goOn = face === undefined ? undefined : () => void begin(face, deed, progress.left);
    const explain = (error: unknown): string => messageOf(console.deeds.explain(deed, error));
    return <Progress work={work.value} explain={explain} onClose={close} onGoOn={goOn} />;
  }
  if (marked.size === 0 || face === undefined) return <MarkAll {...props} />;
  const confirm = asked.value;
  const markedRows = (): readonly ExecutionRow[] => listing.rows.value.filter(({ arn }) => marked.has(arn));
  return (
    <div class="bulk" role="group" aria-label="All marked executions" tabIndex={-1} ref={takeKeyboard}>
      {confirm === undefined ? (
        <>
          <span>{marked.size} marked</span>
          {(Object.keys(DEEDS) as ManyDeed[]).map((deed) => (
            <button
              key={deed}
              type="button"
              data-opens={`bulk-${deed}`}
              disabled={console.deeds.lacking.value.has(deed)}
              title={console.deeds.lacking.value.has(deed) ? lackingText(deed) : undefined}
              onClick={() => (asked.value = deed)}
            >
              {DEEDS[deed].label}
            </button>
          ))}
          <button type="button" class="quiet" onClick={() => onMarked(new Set())}>
            Unmark
          </button>
          <MarkAll {...props} />
        </>
      ) : (
        <>
          <span>
            {DEEDS[confirm].asks} {counted(marked.size, "execution")}?
          </span>
          <button
            type="button"
            class="danger"
            data-opened-by={`bulk-${confirm}`}
            ref={takeKeyboard}
            onClick={() => void begin(face, confirm, markedRows())}
          >
            {DEEDS[confirm].label} {marked.size}
          </button>
          <button
            key="cancel"
            type="button"
            class="quiet"
            data-opened-by={`bulk-${confirm}`}
            onClick={() => (asked.value = undefined)}
          >
            Cancel
          </button>
        </>
      )}
    </div>
  );
}

/** All that match the filters, those that have not been read yet, too. */
function MarkAll({ console, listing, marked, onMarked }: BulkPanelProps): JSX.Element | null {
  const isReading = useSignal(false);
  const rows = listing.rows.value;
  if (rows.length === 0 || (listing.isWhole.value && marked.size === rows.length)) return null;
  const markAll = async (): Promise<void> => {
    isReading.value = true;
    await console.notices.attempt(async () => {
      const all = await listing.all(MOST_ROWS, () => isReading.value);
      if (isReading.value) onMarked(new Set(all.map(({ arn }) => arn)));
    });
    isReading.value = false;
  };
  return isReading.value ? (
    <span class="bulk">
      <span role="status">Reading: {rows.length} so far …</span>
      <button
        type="button"
        class="quiet"
        data-opened-by="mark-all"
        ref={takeKeyboard}
        onClick={() => (isReading.value = false)}
      >
        Cancel
      </button>
    </span>
  ) : (
    <span class="bulk">
      <button type="button" class="quiet" data-opens="mark-all" onClick={() => void markAll()}>
        Mark all that match
      </button>
    </span>
  );
}

interface ProgressProps {
  readonly work: Work;
  readonly explain: (error: unknown) => string;
  readonly onClose: () => void;
  /** With those of which nothing is known. */
  readonly onGoOn: (() => void) | undefined;
}

/** Without the names of the one execution that it is about, so that it is the same for others. */
function reasonOf(text: string, { arn, functionName, name }: ExecutionRow): string {
  return text.replaceAll(arn, "…").replaceAll(`${functionName}/${name}`, "…");
}

/** More names would say no more. */
const MOST_NAMES = 200;

/** The reason and how many it is of; their names unfold, of one alone they stand beside it. */
function FailureGroupView({ reason, items }: FailureGroup<ExecutionRow>): JSX.Element {
  const [first] = items;
  if (items.length === 1) {
    return (
      <li>
        <b>{first?.name}</b> {reason}
      </li>
    );
  }
  const more = items.length - MOST_NAMES;
  return (
    <li>
      <details>
        <summary>
          <b>{counted(items.length, "execution")}</b> {reason}
        </summary>
        <p class="failed-names">
          {items
            .slice(0, MOST_NAMES)
            .map(({ name }) => name)
            .join(", ")}
          {more > 0 && `, and ${counted(more, "other")}`}
        </p>
      </details>
    </li>
  );
}

function Progress({ work: { deed, progress, abort }, explain, onClose, onGoOn }: ProgressProps): JSX.Element {
  const { total, done, unchanged, failures, left, broken, isOver } = progress;
  const { done: word, already } = DEEDS[deed];
  const label = [
    `${done} of ${total} ${word}`,
    ...(unchanged > 0 ? [`${unchanged} ${already}`] : []),
    ...(failures.length > 0 ? [`${failures.length} not`] : []),
  ].join(", ");
  return (
    <section class="bulk-progress" aria-label="What is done to many" tabIndex={-1} ref={takeKeyboard}>
      <div class="bulk">
        <progress max={total} value={done + unchanged + failures.length} aria-label={label} />
        <span role="status">{label}</span>
        {isOver && left.length > 0 && onGoOn !== undefined && (
          <button type="button" onClick={onGoOn}>
            Go on with {left.length}
          </button>
        )}
        {isOver ? (
          <button type="button" onClick={onClose}>
            Close
          </button>
        ) : (
          <button type="button" onClick={() => abort.abort()}>
            No further ones
          </button>
        )}
      </div>
      {broken !== undefined && <p role="alert">{explain(broken)}</p>}
      {failures.length > 0 && (
        <ul class="failures" tabIndex={0} aria-label="What failed">
          {failureGroups(failures, (error, row) => reasonOf(explain(error), row)).map((group) => (
            <FailureGroupView key={group.reason} {...group} />
          ))}
        </ul>
      )}
    </section>
  );
}
