import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { counted } from "../views/model/counted.ts";
import { duration, listTime, statusLabel } from "../views/ui/labels.ts";
import { TagList } from "../views/ui/tag-list.tsx";
import { VirtualList } from "../views/ui/virtual-list.tsx";
import { type ExecutionRow, type Filter, NO_FILTER } from "../model/filter.ts";
import { executionRoute, formatRoute } from "../model/route.ts";
import { type List } from "../state/console.ts";
import type { PageProps } from "./app.tsx";
import { BulkPanel } from "./bulk-panel.tsx";
import { FilterBar } from "./filter-bar.tsx";

/** Executions, the newest first, and what can be done to many of them at once. */
export function ListPage({ console }: PageProps): JSX.Element {
  const listing = console.listing.value;
  const route = console.router.route.value;
  const filter = route.page === "list" ? route.filter : NO_FILTER;
  const marked = useSignal<ReadonlySet<string>>(new Set());
  const setFilter = (change: Partial<Filter>): void => {
    marked.value = new Set();
    console.router.adjust({ page: "list", filter: { ...filter, ...change } });
  };
  return (
    <section class="pane executions" aria-label="Executions">
      <FilterBar filter={filter} functionNames={console.functionNames.value} onFilter={setFilter} />
      {listing !== undefined && (
        <>
          <Rows
            key={formatRoute({ page: "list", filter: listing.filter })}
            console={console}
            listing={listing}
            marked={marked.value}
            onMark={(next) => (marked.value = next)}
          />
          <ListFoot listing={listing} canSearch={console.canSearch} />
          <BulkPanel
            console={console}
            listing={listing}
            marked={marked.value}
            onMarked={(next) => (marked.value = next)}
          />
        </>
      )}
    </section>
  );
}

interface RowsProps extends PageProps {
  readonly listing: List;
  readonly marked: ReadonlySet<string>;
  readonly onMark: (marked: ReadonlySet<string>) => void;
}

/** So many rows before the end of what was read, the next page is asked for. */
const AHEAD = 60;

function Rows({ console, listing, marked, onMark }: RowsProps): JSX.Element {
  const { chosen } = console;
  const before = useRef(chosen.value).current;
  const rows = listing.rows.value;
  const mark = ({ arn }: ExecutionRow): void => {
    const next = new Set(marked);
    if (!next.delete(arn)) next.add(arn);
    onMark(next);
  };
  const see = (first: number, last: number): void => {
    console.seen = { first, last };
    if (last >= listing.rows.value.length - AHEAD) void listing.more();
  };
  return (
    <>
      <div class="list-head" aria-hidden="true">
        <span class="cell-mark" />
        <span class="cell-name">Name</span>
        <span class="cell-function">Function</span>
        <span class="cell-status">Status</span>
        <span class="cell-started">Started</span>
        <span class="cell-took">Duration</span>
      </div>
      <VirtualList
        id="execution"
        label="Executions"
        items={rows}
        keyOf={({ arn }) => arn}
        selected={chosen.value}
        revealed={rows.length > 0 ? before : undefined}
        takesFocus
        holdsStill
        onSelect={({ arn }) => (chosen.value = arn)}
        opensOnClick
        onOpen={() => {
          if (chosen.value !== undefined) console.router.go(executionRoute(chosen.value));
        }}
        marked={marked}
        onMark={mark}
        onSeen={see}
        empty={emptyText(listing)}
        render={(row) => <Row row={row} now={console.now.value} isMarked={marked.has(row.arn)} onMark={mark} />}
      />
    </>
  );
}

function emptyText({ isLoading, isWhole, looked, filter, error }: List): string {
  if (error.value !== undefined) return "";
  if (isLoading.value || !isWhole.value)
    return looked.value > 0 ? `Nothing among ${count(looked.value)} yet …` : "Reading …";
  const isAll = Object.entries(NO_FILTER).every(([key, value]) => filter[key as keyof Filter] === value);
  return isAll ? "There are no executions yet. Start one, and it appears here." : "No execution matches these filters.";
}

interface RowProps {
  readonly row: ExecutionRow;
  readonly now: number;
  readonly isMarked: boolean;
  readonly onMark: (row: ExecutionRow) => void;
}

function Row({ row, now, isMarked, onMark }: RowProps): JSX.Element {
  const { name, functionName, state, startedAt, endedAt, tags } = row;
  const mark = (event: MouseEvent): void => {
    event.stopPropagation();
    onMark(row);
  };
  return (
    <span class="cells">
      <span class={isMarked ? "cell-mark is-marked" : "cell-mark"} onClick={mark} title="Mark (space bar)" />
      <span class="cell-name">
        <span class="cell-title">{name}</span>
        <TagList tags={tags} />
      </span>
      <span class="cell-function">{functionName}</span>
      <span class="cell-status">
        <span class={`status status-${state}`}>{statusLabel(state)}</span>
      </span>
      <time class="cell-started" dateTime={new Date(startedAt).toISOString()}>
        {listTime(startedAt, now)}
      </time>
      <span class="cell-took">{duration((endedAt ?? Math.max(now, startedAt)) - startedAt)}</span>
    </span>
  );
}

interface ListFootProps {
  readonly listing: List;
  readonly canSearch: boolean | undefined;
}

/** The progress of reading the list, and its failure, if any. */
function ListFoot({ listing, canSearch }: ListFootProps): JSX.Element {
  const { rows, looked, isWhole, isLoading, error } = listing;
  const isSlow = canSearch === false && looked.value > rows.value.length;
  const { older } = listing;
  return (
    <p class="list-foot hint">
      {error.value === undefined ? (
        <span>
          {isWhole.value ? counted(rows.value.length, "execution") : `${count(rows.value.length)} so far`}
          {isSlow && `, found among ${count(looked.value)}: this service cannot search, so its lists are read`}
          {older !== undefined && (
            <>
              . That is as many as are shown at a time.{" "}
              <a href={formatRoute({ page: "list", filter: older })}>Show those that started before</a>
            </>
          )}
          {isLoading.value && " …"}
        </span>
      ) : (
        <>
          <span class="list-error">{error.value}</span>
          <button type="button" class="quiet small" onClick={() => void listing.more()}>
            Try again
          </button>
        </>
      )}
    </p>
  );
}

const numbers = new Intl.NumberFormat("en");

function count(number: number): string {
  return numbers.format(number);
}
