/** The page: gives the views what they show, from the rooms where it is known, and does what they ask for. */

import type { JSX } from "preact";
import { duration } from "../../../console/views/ui/labels.ts";
import { NoticeBar } from "../../../console/views/ui/notice-bar.tsx";
import { ThemeButton } from "../../../console/views/ui/theme-button.tsx";
import type { Playground } from "../state/playground.ts";
import { ConnectionPanel } from "../ui/connection-panel.tsx";
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
          Every result goes into a log first. When its worker dies, the function runs again, with those results from the
          log.
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
  const { notices } = playground;
  return (
    <NoticeBar notice={notices.current.value} onDismiss={() => notices.dismiss()}>
      <ClockAhead playground={playground} />
    </NoticeBar>
  );
}

function ClockAhead({ playground: { notices, clock, local } }: PaneProps): JSX.Element | null {
  if (clock.aheadMs.value <= 0) return null;
  const putBack = (): void => {
    local.putClockBack();
    notices.tell("The clock tells the real time again. What waits for a later time waits for all of it.");
  };
  return (
    <>
      <span class="hint" title="Time was skipped. The code's Date is ahead too.">
        Clock: {duration(clock.aheadMs.value)} ahead
      </span>
      <button
        type="button"
        class="quiet"
        title="Sets the clock to the real time. What waits for a later time then waits for all of it."
        onClick={putBack}
      >
        Put the clock back
      </button>
    </>
  );
}
