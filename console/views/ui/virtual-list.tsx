import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { takeKeyboard } from "./kept-keyboard.ts";
import { useHeldRows } from "./use-held-rows.ts";

export interface VirtualListProps<T> {
  readonly id: string;
  readonly label: string;
  /** Another array whenever anything in it is another. */
  readonly items: readonly T[];
  readonly keyOf: (item: T) => string;
  readonly render: (item: T, index: number) => ComponentChildren;
  readonly selected?: string | undefined;
  readonly onSelect: (item: T) => void;
  /** With Enter, or a double click. */
  readonly onOpen?: () => void;
  /** The key of the item to bring into view when it changes. */
  readonly revealed?: string | undefined;
  /** Keeps the last row in view while rows are added, as long as the reader has not scrolled away. */
  readonly follow?: boolean;
  /** Rows come in above others: while the pointer is over the list those that are shown keep their places. */
  readonly holdsStill?: boolean;
  readonly empty: string;
  /** A click opens a row, too. */
  readonly opensOnClick?: boolean;
  /** Keys of the rows that are marked, where rows can be: with the space bar, or a click on their mark. */
  readonly marked?: ReadonlySet<string>;
  readonly onMark?: (item: T) => void;
  /** Rows lie in each other, and can be folded: with the arrow keys to the sides. */
  readonly tree?: TreeRows<T>;
  /** Takes the keyboard when it appears, unless something else has it. */
  readonly takesFocus?: boolean;
  /** Told which rows can be seen, by their places. */
  readonly onSeen?: (first: number, last: number) => void;
}

export interface TreeRows<T> {
  /** 0 for the outermost. */
  readonly level: (item: T) => number;
  /** Undefined for a row that has nothing in it. */
  readonly isOpen: (item: T) => boolean | undefined;
  readonly onToggle: (item: T) => void;
}

/** In px; the styles have the same. */
const ROW = 32;
/** Rows beyond the visible ones, so that a quick scroll meets no gap. */
const MARGIN = 8;

/** A list of which only what can be seen is in the document, so that it may have any length. */
export function VirtualList<T>(props: VirtualListProps<T>): JSX.Element {
  const { id, label, keyOf, selected, onSelect, empty } = props;
  const { rows: items, withheld, pointer } = useHeldRows(props.items, keyOf, props.holdsStill === true);
  const box = useRef<HTMLDivElement>(null);
  const pressed = useRef<T | undefined>(undefined);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(400);
  useSize(box, setHeight);
  useFollow(box, items.length, props.follow === true);
  useReveal(box, props.revealed, () => items.findIndex((item) => keyOf(item) === props.revealed));
  useFocus(box, props.takesFocus === true);
  useSeen({ top, height, count: items.length, above: withheld }, props.onSeen);
  if (items.length === 0) return <p class="empty">{empty}</p>;
  // A list that has become shorter does not tell that it was scrolled.
  const shown = Math.min(top, Math.max(0, items.length * ROW - height));
  const first = Math.max(0, Math.floor(shown / ROW) - MARGIN);
  const last = Math.min(items.length, Math.ceil((shown + height) / ROW) + MARGIN);
  const current = selected === undefined ? -1 : items.findIndex((item) => keyOf(item) === selected);
  // Rows that have left are made into those that come: making new ones takes most of a frame.
  const slots = Math.ceil(height / ROW) + 2 * MARGIN + 1;
  const go = (index: number): void => {
    const item = items[Math.min(Math.max(index, 0), items.length - 1)];
    if (item === undefined) return;
    onSelect(item);
    reveal(box.current, Math.min(Math.max(index, 0), items.length - 1));
  };
  const isShown = current >= first && current < last;
  /** A click is for the row that was pressed, should another one be there by now. Only a pointer counts clicks. */
  const click = (item: T, { detail }: MouseEvent): void => {
    onSelect(detail === 0 ? item : (pressed.current ?? item));
    if (props.opensOnClick === true) props.onOpen?.();
  };
  return (
    <>
      {withheld > 0 && <Withheld count={withheld} />}
      <div
        ref={box}
        class="list"
        data-keyboard="rest"
        role={props.tree === undefined ? "listbox" : "tree"}
        tabIndex={0}
        aria-label={label}
        {...(props.marked === undefined ? {} : { "aria-multiselectable": true })}
        {...(isShown ? { "aria-activedescendant": `${id}-${current}` } : {})}
        {...pointer}
        onScroll={({ currentTarget }) => setTop(currentTarget.scrollTop)}
        onDblClick={props.onOpen}
        onKeyDown={(event) => {
          const item = items[current];
          if (item !== undefined && actOn(event, item, props, { go, items })) return;
          moveBy(event, current, { go, page: Math.floor(height / ROW), count: items.length, open: props.onOpen });
        }}
      >
        <div class="list-space" role="presentation" style={{ height: `${items.length * ROW}px` }}>
          {items.slice(first, last).map((item, offset) => {
            const index = first + offset;
            return (
              <div
                key={index % slots}
                id={`${id}-${index}`}
                class={index === current ? "row row-current" : "row"}
                role={props.tree === undefined ? "option" : "treeitem"}
                aria-selected={props.marked === undefined ? index === current : props.marked.has(keyOf(item))}
                aria-setsize={items.length}
                aria-posinset={index + 1}
                {...treeState(props.tree, item)}
                style={{ transform: `translateY(${index * ROW}px)` }}
                onPointerDown={() => (pressed.current = item)}
                onClick={(event) => click(item, event)}
              >
                {props.render(item, index)}
              </div>
            );
          })}
        </div>
      </div>
    </>
  );
}

/** Takes no room and no click, lest it be what moves the rows. */
function Withheld({ count }: { readonly count: number }): JSX.Element {
  return (
    <p class="withheld" role="status">
      <span>{count} new, shown when the pointer rests or leaves</span>
    </p>
  );
}

function treeState<T>(tree: TreeRows<T> | undefined, item: T): object {
  if (tree === undefined) return {};
  const isOpen = tree.isOpen(item);
  return { "aria-level": tree.level(item) + 1, ...(isOpen === undefined ? {} : { "aria-expanded": isOpen }) };
}

interface Around<T> {
  readonly go: (index: number) => void;
  readonly items: readonly T[];
}

/** Marks, folds and unfolds the chosen row. Answers whether the key was for that. */
function actOn<T>(event: KeyboardEvent, item: T, props: VirtualListProps<T>, around: Around<T>): boolean {
  if (event.key === " " && props.onMark !== undefined) {
    event.preventDefault();
    props.onMark(item);
    return true;
  }
  const { tree } = props;
  const isOpen = tree?.isOpen(item);
  if (tree === undefined || (event.key !== "ArrowLeft" && event.key !== "ArrowRight")) return false;
  event.preventDefault();
  if (isOpen === (event.key === "ArrowLeft")) tree.onToggle(item);
  else if (event.key === "ArrowLeft") goToParent(item, tree, around);
  return true;
}

function goToParent<T>(item: T, tree: TreeRows<T>, { go, items }: Around<T>): void {
  const level = tree.level(item);
  const parent = items.findLastIndex((each, index) => index < items.indexOf(item) && tree.level(each) < level);
  if (parent >= 0) go(parent);
}

interface Moves {
  readonly go: (index: number) => void;
  readonly page: number;
  readonly count: number;
  readonly open: (() => void) | undefined;
}

function moveBy(event: KeyboardEvent, current: number, { go, page, count, open }: Moves): void {
  if (event.key === "Enter") open?.();
  const targets: Readonly<Record<string, number>> = {
    ArrowDown: current + 1,
    ArrowUp: current - 1,
    PageDown: current + page,
    PageUp: current - page,
    Home: 0,
    End: count - 1,
  };
  const target = targets[event.key];
  if (target === undefined) return;
  event.preventDefault();
  go(target);
}

function reveal(box: HTMLDivElement | null, index: number): void {
  if (box === null) return;
  if (index * ROW < box.scrollTop) box.scrollTop = index * ROW;
  else if ((index + 1) * ROW > box.scrollTop + box.clientHeight) box.scrollTop = (index + 1) * ROW - box.clientHeight;
}

/** Only when another item is to be seen, so that the reader may scroll away from it. */
function useReveal(
  box: { readonly current: HTMLDivElement | null },
  key: string | undefined,
  find: () => number,
): void {
  useLayoutEffect(() => {
    const index = key === undefined ? -1 : find();
    if (index >= 0) reveal(box.current, index);
  }, [key]);
}

interface Seen {
  readonly top: number;
  readonly height: number;
  readonly count: number;
  /** Rows that are there and not shown. */
  readonly above: number;
}

function useSeen({ top, height, count, above }: Seen, tell: ((first: number, last: number) => void) | undefined): void {
  const first = Math.floor(top / ROW) + above;
  const last = Math.min(count, Math.ceil((top + height) / ROW)) - 1 + above;
  useLayoutEffect(() => tell?.(first, last), [first, last, count]);
}

function useFocus(box: { readonly current: HTMLDivElement | null }, isWanted: boolean): void {
  useLayoutEffect(() => {
    if (isWanted) takeKeyboard(box.current);
  }, [box.current]);
}

function useSize(box: { readonly current: HTMLDivElement | null }, setHeight: (height: number) => void): void {
  useLayoutEffect(() => {
    if (box.current === null) return undefined;
    const observer = new ResizeObserver(([entry]) => setHeight(entry?.contentRect.height ?? 0));
    observer.observe(box.current);
    return () => observer.disconnect();
  }, [box.current]);
}

function useFollow(box: { readonly current: HTMLDivElement | null }, count: number, isOn: boolean): void {
  useLayoutEffect(() => {
    const list = box.current;
    if (list === null || !isOn) return;
    const isNearEnd = list.scrollHeight - list.scrollTop - list.clientHeight < ROW * 4;
    if (isNearEnd) list.scrollTop = list.scrollHeight;
  }, [count, isOn]);
}
