import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { purgeExecution, resumeExecution, stopExecution } from "../api/deeds.ts";
import { type Face, isPassing } from "../api/face.ts";
import { messageOf } from "../views/model/message-of.ts";
import { type BulkProgress, doToAll } from "../model/bulk.ts";
import type { ExecutionRow } from "../model/filter.ts";
import { type List } from "../state/console.ts";
import { takeKeyboard } from "../views/ui/kept-keyboard.ts";
import { lackingText } from "../state/deeds.ts";
import { MOST_ROWS } from "../state/listing.ts";
import type { PageProps } from "./app.tsx";

export interface BulkPanelProps extends PageProps {
  readonly listing: List;
  readonly marked: ReadonlySet<string>;
  readonly onMarked: (marked: ReadonlySet<string>) => void;
}

type BulkDeed = "stop" | "resume" | "purge";

const DEEDS: Readonly<Record<BulkDeed, { readonly label: string; readonly done: string; readonly asks: string }>> = {
  resume: { label: "Resume", done: "resumed", asks: "Go on with" },
  stop: { label: "Stop", done: "stopped", asks: "End, where they are," },
  purge: { label: "Purge", done: "purged", asks: "Remove, with their logs, for good" },
};

interface Work {
  readonly deed: BulkDeed;
  readonly progress: BulkProgress<ExecutionRow>;
  readonly abort: AbortController;
}

/** What is done to all marked executions. */
export function BulkPanel(props: BulkPanelProps): JSX.Element | null {
  const asked = useSignal<BulkDeed | undefined>(undefined);
  const work = useSignal<Work | undefined>(undefined);
  const { console, listing, marked, onMarked } = props;
  const begin = async (face: Face, deed: BulkDeed): Promise<void> => {
    asked.value = undefined;
    const rows = listing.rows.value.filter(({ arn }) => marked.has(arn));
    const abort = new AbortController();
    work.value = { deed, progress: { total: rows.length, done: 0, failures: [], isOver: false }, abort };
    await doToAll(rows, (row) => carryOut(face, deed, row), {
      onProgress: (progress) => (work.value = { deed, progress, abort }),
      signal: abort.signal,
      isPassing,
    });
    onMarked(new Set());
    void listing.refresh(console.seen);
  };
  if (work.value !== undefined) {
    const close = (): void => {
      work.value = undefined;
    };
    return <Progress work={work.value} explain={(deed, error) => console.deeds.explain(deed, error)} onClose={close} />;
  }
  const face = console.session.face.value;
  if (marked.size === 0 || face === undefined) return <MarkAll {...props} />;
  const confirm = asked.value;
  return (
    <div class="bulk" role="group" aria-label="All marked executions" tabIndex={-1} ref={takeKeyboard}>
      {confirm === undefined ? (
        <>
          <span>{marked.size} marked</span>
          {(Object.keys(DEEDS) as BulkDeed[]).map((deed) => (
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
            {DEEDS[confirm].asks} {marked.size === 1 ? "1 execution" : `${marked.size} executions`}?
          </span>
          <button
            type="button"
            class="danger"
            data-opened-by={`bulk-${confirm}`}
            ref={takeKeyboard}
            onClick={() => void begin(face, confirm)}
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

function carryOut(face: Face, deed: BulkDeed, { arn }: ExecutionRow): Promise<void> {
  switch (deed) {
    case "stop":
      return stopExecution(face, arn);
    case "resume":
      return resumeExecution(face, arn);
    case "purge":
      return purgeExecution(face, arn);
  }
}

interface ProgressProps {
  readonly work: Work;
  readonly explain: (deed: BulkDeed, error: unknown) => unknown;
  readonly onClose: () => void;
}

/** More would say no more. */
const MOST_FAILURES = 200;

function Progress({ work: { deed, progress, abort }, explain, onClose }: ProgressProps): JSX.Element {
  const { total, done, failures, isOver } = progress;
  const label = `${done - failures.length} of ${total} ${DEEDS[deed].done}${failures.length > 0 ? `, ${failures.length} not` : ""}`;
  return (
    <section class="bulk-progress" aria-label="What is done to many" tabIndex={-1} ref={takeKeyboard}>
      <div class="bulk">
        <progress max={total} value={done} aria-label={label} />
        <span role="status">{label}</span>
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
      {failures.length > 0 && (
        <ul class="failures" tabIndex={0} aria-label="What failed">
          {failures.slice(0, MOST_FAILURES).map(({ item, error }) => (
            <li key={item.arn}>
              <b>{item.name}</b> {messageOf(explain(deed, error))}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
