import type { JSX } from "preact";
import { BreachPanel } from "./breach-panel.tsx";
import { CallbackInbox } from "./callback-inbox.tsx";
import { ExecutionList } from "./execution-list.tsx";
import { FaultPanel } from "./fault-panel.tsx";
import { FirstStepsBar } from "./first-steps-bar.tsx";
import { HistoryView } from "./history-view.tsx";
import { statusLabel } from "./labels.ts";
import { LogView } from "./log-view.tsx";
import { OperationDetails } from "./operation-details.tsx";
import { type Playground, type Tab, TABS } from "./playground.ts";
import { Scrubber } from "./scrubber.tsx";
import { Story } from "./story.tsx";
import { Timeline } from "./timeline.tsx";

export function ExecutionPanel({ playground }: { readonly playground: Playground }): JSX.Element {
  const { tab } = playground;
  void playground.revision.value;
  const header = playground.view.value.headerAt(playground.seq.value);
  return (
    <section class="pane execution" aria-labelledby="execution-title">
      <div class="pane-head">
        <h2 id="execution-title">Execution</h2>
        <span class="grow name">{header === undefined ? "" : `${header.functionName} / ${header.name}`}</span>
        {header !== undefined && (
          <span class={`status status-${header.halt === undefined ? header.status : "HALTED"}`}>
            {header.halt === undefined ? statusLabel(header.status) : "halted"}
          </span>
        )}
      </div>
      <FirstStepsBar playground={playground} />
      <Story playground={playground} />
      <BreachPanel playground={playground} />
      <CallbackInbox playground={playground} />
      <Tabs current={tab.value} onChange={(next) => (tab.value = next)} />
      <div class="tab-body" role="tabpanel" id="tab-body" aria-labelledby={`tab-${tab.value}`}>
        <Body tab={tab.value} playground={playground} onOpen={() => (tab.value = "Timeline")} />
      </div>
      {tab.value !== "Executions" && <Scrubber playground={playground} />}
      {(tab.value === "Timeline" || tab.value === "History") && <OperationDetails playground={playground} />}
      <FaultPanel playground={playground} />
    </section>
  );
}

function Tabs({ current, onChange }: { readonly current: Tab; readonly onChange: (tab: Tab) => void }): JSX.Element {
  const move = (event: KeyboardEvent): void => {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (by === 0) return;
    event.preventDefault();
    const next = TABS[(TABS.indexOf(current) + by + TABS.length) % TABS.length] ?? "Timeline";
    onChange(next);
    document.getElementById(`tab-${next}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label="What to show of the execution" onKeyDown={move}>
      {TABS.map((tab) => (
        <button
          key={tab}
          id={`tab-${tab}`}
          type="button"
          role="tab"
          aria-selected={tab === current}
          aria-controls="tab-body"
          tabIndex={tab === current ? 0 : -1}
          onClick={() => onChange(tab)}
        >
          {tab}
        </button>
      ))}
    </div>
  );
}

interface BodyProps {
  readonly tab: Tab;
  readonly playground: Playground;
  readonly onOpen: () => void;
}

function Body({ tab, playground, onOpen }: BodyProps): JSX.Element {
  switch (tab) {
    case "Timeline":
      return <Timeline playground={playground} />;
    case "History":
      return <HistoryView playground={playground} />;
    case "Log":
      return <LogView playground={playground} />;
    case "Executions":
      return <ExecutionList playground={playground} onOpen={onOpen} />;
  }
}
