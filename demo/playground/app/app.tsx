/** The page: gives the views what they show, from the rooms where it is known, and does what they ask for. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { Playground } from "../state/playground.ts";
import { ConnectionPanel } from "../ui/connection-panel.tsx";
import { NoticeBar } from "../ui/notice.tsx";
import { ExecutionPane } from "./execution-pane.tsx";
import { WorkflowPane } from "./workflow-pane.tsx";

export interface PaneProps {
  readonly playground: Playground;
}

export function App({ playground }: PaneProps): JSX.Element {
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
        <Connected playground={playground} />
        <ThemeButton />
      </header>
      <main>
        <div class="panes">
          <WorkflowPane playground={playground} />
          <ExecutionPane playground={playground} />
        </div>
      </main>
      <Notices playground={playground} />
    </>
  );
}

function Connected({ playground }: PaneProps): JSX.Element {
  return (
    <ConnectionPanel
      address={playground.connection.address.value}
      offered={location.origin}
      origin={location.origin}
      onConnect={(request) => playground.connect(request)}
      onDisconnect={() => playground.disconnect()}
    />
  );
}

function Notices({ playground }: PaneProps): JSX.Element {
  const { notices, clock, local } = playground;
  return (
    <NoticeBar
      notice={notices.current.value}
      aheadMs={clock.aheadMs.value}
      onDismiss={() => notices.dismiss()}
      onClockBack={() => {
        local.putClockBack();
        notices.tell("The clock tells the real time again. What waits for a later time waits for all of it.");
      }}
    />
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
