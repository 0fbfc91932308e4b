import { useSignal } from "@preact/signals";
import type { JSX } from "preact";

export interface DeedField {
  readonly name: string;
  readonly label: string;
  /** The initial value. */
  readonly value?: string;
  /** Blanks around what is written are a part of it. */
  readonly isExact?: boolean;
  /** The field has the focus when the form opens. */
  readonly hasKeyboard?: boolean;
}

export interface DeedFormSpec {
  /** Of the button that does it. */
  readonly label: string;
  /** The effect of the action. */
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
  /** The name of the form, from the button that opened it. */
  readonly openedBy: string;
  readonly onDone: () => void;
  readonly onCancel: () => void;
}

/** Asks before something is done, in the place of the button that was pressed. */
export function DeedForm({ spec, openedBy, onDone, onCancel }: DeedFormProps): JSX.Element {
  const isBusy = useSignal(false);
  const { label, text, isDangerous = false, isImpossible = false, fields } = spec;
  const isWritten = fields.some(({ hasKeyboard }) => hasKeyboard);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (isBusy.value) return;
    const form = new FormData(event.currentTarget as HTMLFormElement);
    isBusy.value = true;
    const isDone = await spec.act(Object.fromEntries(fields.map((field) => [field.name, valueOf(form, field)])));
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
      {fields.map(({ name, label: fieldLabel, value, hasKeyboard = false }) => (
        <label key={name}>
          {fieldLabel}
          <input
            name={name}
            autoComplete="off"
            ref={hasKeyboard ? focusOnce : null}
            {...(value === undefined ? {} : { defaultValue: value })}
          />
        </label>
      ))}
      <button
        type="submit"
        class={isDangerous ? "danger" : "primary"}
        disabled={isImpossible}
        aria-disabled={isBusy.value}
        ref={isImpossible || isWritten ? null : focusOnce}
      >
        {label}
      </button>
      <button type="button" class="quiet" ref={isImpossible ? focusOnce : null} onClick={onCancel}>
        Cancel
      </button>
    </form>
  );
}

function valueOf(form: FormData, { name, isExact = false }: DeedField): string {
  const value = form.get(name);
  if (typeof value !== "string") return "";
  return isExact ? value : value.trim();
}

/**
 * The element of the form that was focused: the first field, or else the button that acts, since a person who is sure
 * presses Enter. Cancel where the action is impossible.
 */
const focused = new WeakSet<HTMLElement>();

function focusOnce(element: HTMLElement | null): void {
  if (element === null || focused.has(element)) return;
  focused.add(element);
  element.focus();
}
