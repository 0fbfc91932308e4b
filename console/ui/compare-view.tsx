import { type Signal, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { takeKeyboard } from "../views/ui/kept-keyboard.ts";
import type { Comparable } from "../model/comparable.ts";
import { type DiffLine, differs, diffLines } from "../model/diff.ts";

export interface CompareViewProps {
  /** In the order in which they came to be. */
  readonly texts: readonly Comparable[];
}

/** Two of several texts, and what differs; the last two unless others are chosen. */
export function CompareView({ texts }: CompareViewProps): JSX.Element | null {
  const isOpen = useSignal(false);
  const before = useSignal<string | undefined>(undefined);
  const after = useSignal<string | undefined>(undefined);
  if (texts.length < 2) return null;
  if (!isOpen.value) {
    return (
      <button type="button" class="compare-open" data-opens="compare" onClick={() => (isOpen.value = true)}>
        Compare{" "}
        {texts.length === 2 ? `${texts[0]?.name.toLowerCase()} and ${texts[1]?.name.toLowerCase()}` : "attempts"}
      </button>
    );
  }
  const [left, right] = [named(texts, before.value) ?? texts.at(-2), named(texts, after.value) ?? texts.at(-1)];
  return (
    <section class="compare" aria-label="What differs" data-opened-by="compare" tabIndex={-1} ref={takeKeyboard}>
      <div class="compare-head">
        <Choice label="Before" texts={texts} chosen={left?.name} choice={before} />
        <Choice label="After" texts={texts} chosen={right?.name} choice={after} />
        <button type="button" class="quiet" onClick={() => (isOpen.value = false)}>
          Close
        </button>
      </div>
      <Diff before={left?.text ?? ""} after={right?.text ?? ""} />
    </section>
  );
}

interface ChoiceProps extends CompareViewProps {
  readonly label: string;
  readonly chosen: string | undefined;
  readonly choice: Signal<string | undefined>;
}

function Choice({ label, texts, chosen, choice }: ChoiceProps): JSX.Element {
  return (
    <label>
      {label}
      <select value={chosen ?? ""} onChange={({ currentTarget }) => (choice.value = currentTarget.value)}>
        {texts.map(({ name }) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

/** More lines than this say no more at a glance. */
const MOST_LINES = 2_000;
const SIGNS: Readonly<Record<DiffLine["side"], string>> = { both: " ", before: "-", after: "+" };

function Diff({ before, after }: { readonly before: string; readonly after: string }): JSX.Element {
  const lines = useMemo(() => diffLines(before, after), [before, after]);
  if (!differs(lines)) return <p class="hint">They are the same.</p>;
  return (
    <pre class="diff" tabIndex={0} aria-label="Lines that differ">
      {lines.slice(0, MOST_LINES).map(({ side, text }, index) => (
        <span key={index} class={`diff-${side}`}>
          {SIGNS[side]} {text}
          {"\n"}
        </span>
      ))}
      {lines.length > MOST_LINES && `… and ${lines.length - MOST_LINES} more lines`}
    </pre>
  );
}

function named(texts: readonly Comparable[], name: string | undefined): Comparable | undefined {
  return texts.find((each) => each.name === name);
}
