/** One execution: how it stands, what can be done, what has happened, and all that is known of what is chosen. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { NO_FILTER } from "../model/filter.ts";
import type { ExecutionRoute } from "../model/route.ts";
import { TABS } from "../model/route.ts";
import type { Subject } from "../state/subject.ts";
import { HistoryView } from "../views/ui/history-view.tsx";
import { LogView } from "../views/ui/log-view.tsx";
import { Scrubber } from "../views/ui/scrubber.tsx";
import { Tabs } from "../views/ui/tabs.tsx";
import { runAt } from "../views/model/code-run.ts";
import type { PageProps } from "./app.tsx";
import { DetailsPane } from "./details-pane.tsx";
import { ExecutionHead } from "./execution-head.tsx";
import { GraphView } from "./graph-view.tsx";
import { TimelinePane } from "./timeline-pane.tsx";
import { TreeView } from "./tree-view.tsx";

export interface SubjectProps extends PageProps {
  readonly subject: Subject;
  readonly route: ExecutionRoute;
}

export function ExecutionPage({ console }: PageProps): JSX.Element | null {
  const subject = console.subject.value;
  const route = console.router.route.value;
  if (subject === undefined || route.page !== "execution") return null;
  void subject.revision.value;
  if (subject.isMissing.value && subject.view.length === 0) return <Missing console={console} arn={subject.arn} />;
  return (
    <section class="pane execution-page" aria-label="Execution">
      <ExecutionHead key={subject.arn} console={console} subject={subject} route={route} />
      <div class="execution-body">
        <div class="execution-main">
          <Views key={subject.arn} console={console} subject={subject} route={route} />
        </div>
        <DetailsPane console={console} subject={subject} route={route} />
      </div>
    </section>
  );
}

function Missing({ console, arn }: PageProps & { readonly arn: string }): JSX.Element {
  return (
    <section class="pane" aria-label="Execution">
      <div class="empty">
        <p>There is no such execution here, or it is retained no longer.</p>
        <p class="code">{arn}</p>
        <button type="button" onClick={() => console.router.go({ page: "list", filter: NO_FILTER })}>
          All executions
        </button>
      </div>
    </section>
  );
}

function Views({ console, subject, route }: SubjectProps): JSX.Element {
  const { router } = console;
  const { view } = subject;
  void subject.revision.value;
  const seq = Math.min(route.commit ?? view.length, view.length);
  return (
    <>
      <Tabs
        tabs={TABS}
        current={route.tab}
        label="What to show of the execution"
        onChange={(tab) => router.adjust({ ...route, tab })}
      />
      <div class="tab-body" role="tabpanel" id="tab-body" aria-labelledby={`tab-${route.tab}`}>
        {view.length === 0 ? <Waiting subject={subject} /> : <Body {...{ console, subject, route, seq }} />}
      </div>
      <Scrubber
        seq={seq}
        length={view.length}
        isLive={route.commit === undefined}
        onScrub={(commit) => router.adjust({ ...route, commit })}
      />
    </>
  );
}

function Waiting({ subject }: { readonly subject: Subject }): JSX.Element {
  return <p class="empty">{subject.error.value ?? "Reading the log …"}</p>;
}

function Body({ console, subject, route, seq }: SubjectProps & { readonly seq: number }): JSX.Element {
  const folded = useSignal<ReadonlySet<string>>(new Set());
  const { view, revision } = subject;
  const isLive = route.commit === undefined;
  const now = isLive ? console.now.value : (view.commits[seq - 1]?.at ?? 0);
  const select = (operation: string | undefined): void => console.router.adjust({ ...route, operation });
  const shared = { view, revision: revision.value, seq, isLive, now, selected: route.operation, onSelect: select };
  switch (route.tab) {
    case "Graph":
      return <GraphView {...shared} />;
    case "Timeline":
      return <TimelinePane {...shared} run={runAt(view, seq)} folded={folded} />;
    case "Tree":
      return <TreeView {...shared} folded={folded} />;
    case "History":
      return <HistoryView {...shared} />;
    case "Log":
      return <LogView {...shared} onSelect={(commit) => console.router.adjust({ ...route, commit })} />;
  }
}
