import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { ConnectionPanel } from "./connection-panel.tsx";
import { ExecutionPanel } from "./execution-panel.tsx";
import type { Playground } from "./playground.ts";
import { WorkflowPanel } from "./workflow-panel.tsx";

export function App({ playground }: { readonly playground: Playground }): JSX.Element {
  return (
    <>
      <header class="bar">
        <h1>
          perdure <span>playground</span>
        </h1>
        <p class="tagline">One async function that survives crashes, deploys and month-long waits.</p>
        <ConnectionPanel playground={playground} />
        <ThemeButton />
      </header>
      <main class="panes">
        <WorkflowPanel playground={playground} />
        <ExecutionPanel playground={playground} />
      </main>
      <p class="notice" role="status">
        {playground.notice.value}
      </p>
    </>
  );
}

function ThemeButton(): JSX.Element {
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
