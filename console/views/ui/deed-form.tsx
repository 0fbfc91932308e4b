import { useSignal } from "@preact/signals";
import type { JSX } from "preact";

export interface DeedField {
  readonly name: string;
  readonly label: string;
  /** What stands in it unless something else is written. */
  readonly value?: string;
}

export interface DeedFormSpec {
  /** Of the button that does it. */
  readonly label: string;
  /** What it will do. */
  readonly text: string;
  readonly isDangerous?: boolean;
  /** Something has to be chosen first. */
  readonly isImpossible?: boolean;
  readonly fields: readonly DeedField[];
  /** Answers whether it was done. */
  readonly act: (values: Readonly<Record<string, string>>) => Promise<boolean>;
}

export interface DeedFormProps {
  readonly spec: DeedFormSpec;
  /** What the button that was pressed says that it opens. */
  readonly openedBy: string;
  readonly onDone: () => void;
  readonly onCancel: () => void;
}

/** Asks before something is done, in the place of the button that was pressed. */
export function DeedForm({ spec, openedBy, onDone, onCancel }: DeedFormProps): JSX.Element {
  const isBusy = useSignal(false);
  const { label, text, isDangerous = false, isImpossible = false, fields } = spec;
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (isBusy.value) return;
    const form = new FormData(event.currentTarget as HTMLFormElement);
    isBusy.value = true;
    const isDone = await spec.act(Object.fromEntries(fields.map(({ name }) => [name, valueOf(form, name)])));
    isBusy.value = false;
    if (isDone) onDone();
  };
  const press = (event: KeyboardEvent): void => {
    if (event.key === "Escape") onCancel();
  };
  return (
    <form
      class="deed-form"
      aria-label={label}
      data-opened-by={openedBy}
      onSubmit={(event) => void submit(event)}
      onKeyDown={press}
    >
      <p>{text}</p>
      {fields.map(({ name, label: fieldLabel, value }) => (
        <label key={name}>
          {fieldLabel}
          <input name={name} autoComplete="off" {...(value === undefined ? {} : { defaultValue: value })} />
        </label>
      ))}
      <button
        type="submit"
        class={isDangerous ? "danger" : "primary"}
        disabled={isImpossible}
        aria-disabled={isBusy.value}
        ref={isImpossible ? null : focusOnce}
      >
        {label}
      </button>
      <button type="button" class="quiet" ref={isImpossible ? focusOnce : null} onClick={onCancel}>
        Cancel
      </button>
    </form>
  );
}

function valueOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === "string" ? value.trim() : "";
}

/** The button that does it: whoever is sure presses Enter. Cancel where it cannot be done. */
const focused = new WeakSet<HTMLButtonElement>();

function focusOnce(button: HTMLButtonElement | null): void {
  if (button === null || focused.has(button)) return;
  focused.add(button);
  button.focus();
}
