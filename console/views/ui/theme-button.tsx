import { useSignal } from "@preact/signals";
import type { JSX } from "preact";

/** From light to dark, or the other way round, whatever the system says. */
export function ThemeButton(): JSX.Element {
  const isDark = useSignal(matchMedia("(prefers-color-scheme: dark)").matches);
  const change = (): void => {
    isDark.value = !isDark.value;
    document.documentElement.style.colorScheme = isDark.value ? "dark" : "light";
  };
  return (
    <button type="button" class="quiet" onClick={change}>
      {isDark.value ? "Light" : "Dark"}
    </button>
  );
}
