import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { statusLabel } from "../views/ui/labels.ts";
import { type Filter, NO_FILTER, STATES } from "../model/filter.ts";
import { localText, timeOfLocal } from "../views/model/local-time.ts";

export interface FilterBarProps {
  readonly filter: Filter;
  /** Those that can be chosen from. */
  readonly functionNames: readonly string[];
  readonly onFilter: (change: Partial<Filter>) => void;
}

/** After so long without a key what was written counts, in ms. */
const PAUSE_MS = 300;

export function FilterBar({ filter, functionNames, onFilter }: FilterBarProps): JSX.Element {
  const search = useRef<HTMLInputElement>(null);
  const { write, flush, written } = useLater(onFilter);
  useShortcut("/", () => search.current?.focus());
  const isFiltered = Object.entries(NO_FILTER).some(([key, value]) => filter[key as keyof Filter] !== value);
  return (
    <search class="filters" aria-label="Filters" onKeyDown={(event) => leaveByKey(event, flush)}>
      <label class="filter-name">
        Name begins with
        <input
          ref={search}
          type="search"
          value={written.prefix ?? filter.prefix}
          placeholder="press / to write here"
          onInput={({ currentTarget }) => write({ prefix: currentTarget.value.trim() })}
        />
      </label>
      <label>
        Function
        <select
          value={filter.functionName}
          onChange={({ currentTarget }) => onFilter({ functionName: currentTarget.value })}
        >
          <option value="">all</option>
          {withChosen(functionNames, filter.functionName).map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        Status
        <select
          value={filter.state ?? ""}
          onChange={({ currentTarget }) => onFilter({ state: STATES.find((each) => each === currentTarget.value) })}
        >
          <option value="">all</option>
          {STATES.map((state) => (
            <option key={state} value={state}>
              {statusLabel(state)}
            </option>
          ))}
        </select>
      </label>
      <label>
        Tag
        <input
          value={written.tag ?? filter.tag}
          placeholder="key=value"
          size={12}
          onInput={({ currentTarget }) => write({ tag: currentTarget.value.trim() })}
        />
      </label>
      <TimeInput label="Started after" at={filter.after} onChange={(after) => onFilter({ after })} />
      <TimeInput label="Started before" at={filter.before} onChange={(before) => onFilter({ before })} />
      {isFiltered && (
        <button type="button" class="quiet" onClick={() => onFilter(NO_FILTER)}>
          Clear
        </button>
      )}
    </search>
  );
}

/** Text counts at once when a key leaves its field: Tab to the next one, Enter to the list. */
function leaveByKey(event: KeyboardEvent, flush: () => void): void {
  const isField = event.target instanceof HTMLInputElement && event.target.type !== "datetime-local";
  if (isField && event.key === "Tab") flush();
  if (!isField || event.key !== "Enter") return;
  event.preventDefault();
  flush();
  // A list that is about to be replaced leaves the focus to the new one.
  event.target.blur();
  document.querySelector<HTMLElement>('[role="listbox"]')?.focus();
}

interface TimeInputProps {
  readonly label: string;
  readonly at: number | undefined;
  readonly onChange: (at: number | undefined) => void;
}

function TimeInput({ label, at, onChange }: TimeInputProps): JSX.Element {
  return (
    <label>
      {label}
      <input
        type="datetime-local"
        value={localText(at)}
        onChange={({ currentTarget }) => onChange(timeOfLocal(currentTarget.value))}
      />
    </label>
  );
}

/** A function that a link names need not be among those that are listed. */
function withChosen(names: readonly string[], chosen: string): readonly string[] {
  return chosen === "" || names.includes(chosen) ? names : [chosen, ...names];
}

interface Later {
  readonly write: (change: Partial<Filter>) => void;
  /** Without a pause. */
  readonly flush: () => void;
  /** The text that does not count yet, which a field keeps when it is drawn again meanwhile. */
  readonly written: Partial<Filter>;
}

/** Text in several fields is taken together. It does not count any more once the filters have gone. */
function useLater(onFilter: (change: Partial<Filter>) => void): Later {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const pending = useRef<Partial<Filter> | undefined>(undefined);
  const latest = useRef(onFilter);
  latest.current = onFilter;
  useEffect(() => () => clearTimeout(timer.current), []);
  const flush = (): void => {
    clearTimeout(timer.current);
    if (pending.current !== undefined) latest.current(pending.current);
    pending.current = undefined;
  };
  const write = (change: Partial<Filter>): void => {
    clearTimeout(timer.current);
    pending.current = { ...pending.current, ...change };
    timer.current = setTimeout(flush, PAUSE_MS);
  };
  return { write, flush, written: pending.current ?? {} };
}

/** A key that does something wherever nothing is written. */
function useShortcut(key: string, act: () => void): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      const isWriting = event.target instanceof Element && event.target.closest("input, select, textarea") !== null;
      if (event.key !== key || isWriting || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      act();
    };
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  }, []);
}
