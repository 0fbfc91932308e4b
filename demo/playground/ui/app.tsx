import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { ConnectionPanel } from "./connection-panel.tsx";
import { ExecutionPanel } from "./execution-panel.tsx";
import { NoticeBar } from "./notice.tsx";
import type { Playground } from "./playground.ts";
import { WorkflowPanel } from "./workflow-panel.tsx";

export function App({ playground }: { readonly playground: Playground }): JSX.Element {
  return (
    <>
      <header class="bar">
        <h1>
          perdure <span>playground</span>
        </h1>
        <p class="tagline">
          Every result of this function goes into a log first. When its worker dies, the function runs again from the
          top and takes those results from the log, instead of doing the work again.
        </p>
        <ConnectionPanel playground={playground} />
        <ThemeButton />
      </header>
      <main>
        <div class="panes">
          <WorkflowPanel playground={playground} />
          <ExecutionPanel playground={playground} />
        </div>
      </main>
      <NoticeBar playground={playground} />
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
