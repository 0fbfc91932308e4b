import { useSignal } from "@preact/signals";
import type { JSX } from "preact";

export interface PayloadProps {
  readonly name: string;
  readonly text: string;
}

/** The number of lines that are shown at once. */
const FEW = 8;

/** A text of any length: its beginning, all of it on demand, and a button that copies it. */
export function Payload({ name, text }: PayloadProps): JSX.Element {
  const isWhole = useSignal(false);
  const isCopied = useSignal(false);
  const lines = text.split("\n");
  const isLong = lines.length > FEW || text.length > FEW * 120;
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      isCopied.value = true;
      setTimeout(() => (isCopied.value = false), 2_000);
    } catch {
      // No clipboard here, or none for this page: the text can be selected.
      isWhole.value = true;
    }
  };
  return (
    <div class="payload-text">
      <dt>
        {name}
        <button type="button" class="quiet small" aria-label={`Copy ${name.toLowerCase()}`} onClick={() => void copy()}>
          {isCopied.value ? "Copied" : "Copy"}
        </button>
      </dt>
      <dd>
        <pre class={isLong && !isWhole.value ? "code code-cut" : "code"} tabIndex={isLong ? 0 : undefined}>
          {text}
        </pre>
        {isLong && (
          <button
            type="button"
            class="quiet small"
            aria-expanded={isWhole.value}
            onClick={() => (isWhole.value = !isWhole.value)}
          >
            {isWhole.value ? "Show less" : `Show all ${lines.length > FEW ? `${lines.length} lines` : ""}`}
          </button>
        )}
      </dd>
    </div>
  );
}
