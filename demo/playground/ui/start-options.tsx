import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { type Begins, optionsText, type StartOptions, type Unit, UNITS } from "../model/start-options.ts";
import { FunctionSelect } from "./function-select.tsx";

export interface StartFormProps {
  readonly payload: string;
  readonly options: StartOptions;
  /** Those that the code exports, to choose from; none where they are chosen from elsewhere. */
  readonly functionNames: readonly string[];
  /** Why it cannot be started like that. */
  readonly problem: string | undefined;
  /** The initial value of the field for a time. */
  readonly soon: () => string;
  readonly onPayload: (payload: string) => void;
  readonly onOptions: (change: OptionsChange) => void;
}

export type OptionsChange = { readonly [Key in keyof StartOptions]?: StartOptions[Key] | undefined };

const ID = "start-options";

/** The form for the next start. */
export function StartForm(props: StartFormProps): JSX.Element {
  const isOpen = useSignal(false);
  const { payload, options, problem, onPayload } = props;
  const summary = optionsText(options);
  return (
    <div class="start-form">
      <div class="payload">
        <label class="grow inline">
          Payload
          <input
            value={payload}
            spellcheck={false}
            autoComplete="off"
            onInput={({ currentTarget }) => onPayload(currentTarget.value)}
          />
        </label>
        <button
          type="button"
          class="quiet"
          aria-expanded={isOpen.value}
          aria-controls={ID}
          title="Tags, and when it begins."
          onClick={() => (isOpen.value = !isOpen.value)}
        >
          Start options
        </button>
      </div>
      <div id={ID} class="start-options" hidden={!isOpen.value}>
        {isOpen.value && <Options {...props} />}
      </div>
      {!isOpen.value && summary !== "" && <p class="start-summary hint">With {summary}</p>}
      <p class="start-problem" role="status">
        {problem}
      </p>
    </div>
  );
}

function Options(props: StartFormProps): JSX.Element {
  const { options, functionNames, onOptions } = props;
  return (
    <>
      {functionNames.length > 1 && (
        <FunctionSelect
          label="Starts"
          functionNames={functionNames}
          value={options.functionName ?? functionNames[0] ?? ""}
          onChoose={(functionName) => onOptions({ functionName })}
        />
      )}
      <label class="start-tags">
        Tags
        <input
          value={options.tags ?? ""}
          placeholder="customer=c-7, stage=new"
          title="To find it by: up to 10, as key=value, with commas between them."
          spellcheck={false}
          autoComplete="off"
          onInput={({ currentTarget: { value } }) => onOptions({ tags: value === "" ? undefined : value })}
        />
      </label>
      <BeginsFields {...props} />
    </>
  );
}

function BeginsFields({ options: { begins }, soon, onOptions }: StartFormProps): JSX.Element {
  const choose = (kind: string): void => {
    if (kind === "after") onOptions({ begins: { kind, amount: "1", unit: "hours" } });
    else onOptions({ begins: kind === "at" ? { kind, time: soon() } : undefined });
  };
  return (
    <div class="start-time" role="group" aria-label="Time of the start">
      <label>
        Begins
        <select value={begins?.kind ?? ""} onChange={({ currentTarget }) => choose(currentTarget.value)}>
          <option value="">at once</option>
          <option value="after">in …</option>
          <option value="at">at …</option>
        </select>
      </label>
      {begins?.kind === "after" && <After begins={begins} onOptions={onOptions} />}
      {begins?.kind === "at" && (
        <label>
          Day and time
          <input
            type="datetime-local"
            value={begins.time}
            onInput={({ currentTarget }) => onOptions({ begins: { kind: "at", time: currentTarget.value } })}
          />
        </label>
      )}
    </div>
  );
}

interface AfterProps extends Pick<StartFormProps, "onOptions"> {
  readonly begins: Extract<Begins, { readonly kind: "after" }>;
}

function After({ begins, onOptions }: AfterProps): JSX.Element {
  return (
    <>
      <label>
        How many
        <input
          type="number"
          min="0"
          class="start-amount"
          value={begins.amount}
          onInput={({ currentTarget }) => onOptions({ begins: { ...begins, amount: currentTarget.value } })}
        />
      </label>
      <label>
        Of what
        <select
          value={begins.unit}
          onChange={({ currentTarget }) => onOptions({ begins: { ...begins, unit: currentTarget.value as Unit } })}
        >
          {Object.keys(UNITS).map((unit) => (
            <option key={unit} value={unit}>
              {unit}
            </option>
          ))}
        </select>
      </label>
    </>
  );
}
