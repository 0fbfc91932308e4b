import type { JSX } from "preact";

export interface FunctionSelectProps {
  readonly label: string;
  readonly functionNames: readonly string[];
  /** The name of the function that is chosen; empty for all of them. */
  readonly value: string;
  /** True if all functions may be chosen, too. */
  readonly hasAll?: boolean;
  readonly onChoose: (functionName: string) => void;
}

/** One of the functions that a program has. */
export function FunctionSelect({ label, functionNames, value, hasAll, onChoose }: FunctionSelectProps): JSX.Element {
  return (
    <label>
      {label}
      <select value={value} onChange={({ currentTarget }) => onChoose(currentTarget.value)}>
        {hasAll === true && <option value="">all</option>}
        {functionNames.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
