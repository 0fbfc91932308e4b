import type { JSX } from "preact";
import { answerTo } from "../examples/answers.ts";
import { type Tab, TABS } from "../state/playground.ts";
import { BreachPanel } from "../ui/breach-panel.tsx";
import { CallbackInbox } from "../../../console/views/ui/callback-inbox.tsx";
import { FaultPanel } from "../ui/fault-panel.tsx";
import { QuickAnswer } from "../ui/quick-answer.tsx";
import { FirstStepsBar } from "../ui/first-steps-bar.tsx";
import { PauseButton } from "../ui/pause-button.tsx";
import { stateOfHeader } from "../../../console/views/model/execution-state.ts";
import { HistoryView } from "../../../console/views/ui/history-view.tsx";
import { statusLabel } from "../../../console/views/ui/labels.ts";
import { LogView } from "../../../console/views/ui/log-view.tsx";
import { Scrubber } from "../../../console/views/ui/scrubber.tsx";
import { Story } from "../../../console/views/ui/story.tsx";
import { storyOf } from "../../../console/views/ui/story-text.ts";
import { Tabs } from "../../../console/views/ui/tabs.tsx";
import { Timeline } from "../../../console/views/ui/timeline.tsx";
import type { PaneProps } from "./app.tsx";
import { Details } from "./details.tsx";
import { Executions } from "./executions.tsx";

export function ExecutionPane({ playground }: PaneProps): JSX.Element {
  const { tab } = playground;
  return (
    <section class="pane execution" aria-labelledby="execution-title">
      <Head playground={playground} />
      <FirstSteps playground={playground} />
      <Present playground={playground} />
      <Halted playground={playground} />
      <Inbox playground={playground} />
      <Tabs
        tabs={TABS}
        current={tab.value}
        label="What to show of the execution"
        onChange={(next) => (tab.value = next)}
      />
      <div class="tab-body" role="tabpanel" id="tab-body" aria-labelledby={`tab-${tab.value}`}>
        <Body tab={tab.value} playground={playground} />
      </div>
      {tab.value !== "Executions" && <Position playground={playground} />}
      {(tab.value === "Timeline" || tab.value === "History") && <Details playground={playground} />}
      {!playground.connection.isRemote && <Faults playground={playground} />}
    </section>
  );
}

function Head({ playground }: PaneProps): JSX.Element {
  const { selection } = playground;
  void selection.revision.value;
  const header = selection.view.value.headerAt(selection.seq.value);
  const status = header === undefined ? undefined : stateOfHeader(header, playground.moment.value);
  return (
    <div class="pane-head">
      <h2 id="execution-title">Execution</h2>
      <span class="grow name">{header === undefined ? "" : `${header.functionName} / ${header.name}`}</span>
      {status !== undefined && <span class={`status status-${status}`}>{statusLabel(status)}</span>}
      <Pause playground={playground} />
    </div>
  );
}

/** For what runs, or was paused; what is halted otherwise has to be repaired first. */
function Pause({ playground: { selection, controls } }: PaneProps): JSX.Element | null {
  void selection.revision.value;
  const { header } = selection.view.value;
  const reason = header?.halt?.reason;
  if (header?.status !== "RUNNING" || (reason !== undefined && reason !== "PAUSED")) return null;
  return (
    <PauseButton
      isPaused={reason === "PAUSED"}
      onPause={() => void controls.pause()}
      onResume={() => void controls.unpause()}
    />
  );
}

function FirstSteps({ playground: { firstSteps, connection } }: PaneProps): JSX.Element | null {
  const { done, isDismissed } = firstSteps.kept.value;
  if (isDismissed || connection.isRemote) return null;
  return <FirstStepsBar done={done} onHide={() => firstSteps.dismiss()} />;
}

function Present({ playground }: PaneProps): JSX.Element {
  const { selection, connection, local, notices, runs } = playground;
  void selection.revision.value;
  void playground.process.value;
  const id = selection.id.value ?? "";
  const isAsked = !connection.isRemote && isRunning(playground) && local.pool.awaitsAdmission(id);
  return (
    <Story lines={storyLines(playground)}>
      {isAsked && (
        <button type="button" onClick={() => void notices.attempt(() => runs.admit())}>
          Let it run
        </button>
      )}
    </Story>
  );
}

function isRunning({ selection }: PaneProps["playground"]): boolean {
  return selection.view.value.header?.status === "RUNNING";
}

function storyLines(playground: PaneProps["playground"]): readonly string[] {
  const { selection, connection, local, process } = playground;
  const { header } = selection.view.value;
  const id = selection.id.value ?? "";
  if (header === undefined) {
    return connection.isRemote
      ? ["Choose an execution of the Worker under Executions, or start one."]
      : ["Nothing has run yet. Press Run."];
  }
  const isHere = process.value === "running" && !connection.isRemote;
  return storyOf({
    view: selection.view.value,
    seq: selection.seq.value,
    isLive: selection.scrub.value === undefined,
    now: playground.moment.value,
    run: playground.codeRun.value,
    hasCode: !isHere || local.pool.hasCode(id, header.functionName),
    awaitsAdmission: !connection.isRemote && local.pool.awaitsAdmission(id),
    ...(connection.isRemote ? {} : { process: process.value }),
  });
}

function Halted({ playground }: PaneProps): JSX.Element | null {
  const { bench, selection, connection, local } = playground;
  void selection.revision.value;
  const halt = selection.view.value.header?.halt;
  if (halt === undefined || halt.reason === "PAUSED") return null;
  const previous = connection.isRemote ? undefined : local.shelf.previousCode(bench.draft.value.file);
  const isOther = previous !== undefined && previous !== bench.draft.value.code;
  const putBack = (): void => {
    if (previous !== undefined) bench.edit({ code: previous });
    playground.notices.tell("The earlier code is in the editor again. Resume goes on with it.");
  };
  return (
    <BreachPanel message={halt.error.errorMessage ?? ""} breach={playground.breach.value}>
      {isOther && (
        <button type="button" class="primary" onClick={putBack}>
          Put the earlier code back
        </button>
      )}
      <button type="button" class={isOther ? "" : "primary"} onClick={() => void playground.controls.resume()}>
        {connection.isRemote ? "Resume" : "Resume with this code"}
      </button>
      {!connection.isRemote && <span class="hint">This code: {bench.draft.value.file}, as it is in the editor.</span>}
    </BreachPanel>
  );
}

function Inbox({ playground }: PaneProps): JSX.Element {
  const { selection, clock } = playground;
  void selection.revision.value;
  const view = selection.view.value;
  // Answers are taken while it is paused.
  const { reason = "PAUSED" } = view.header?.halt ?? {};
  const open = view.isEnded || reason !== "PAUSED" ? [] : view.openCallbacks;
  const callbacks = open.map((operation) => {
    const name = view.nameOf(operation) ?? "callback";
    return { operation, name, answer: answerTo(view.header?.functionName ?? "", name) };
  });
  return (
    <CallbackInbox
      callbacks={callbacks}
      render={(callback) => (
        <QuickAnswer
          callback={callback}
          now={clock.now.value}
          refusal="refused in the playground"
          onComplete={(callbackId, outcome) => void playground.controls.completeCallback(callbackId, outcome)}
        />
      )}
    />
  );
}

interface BodyProps extends PaneProps {
  readonly tab: Tab;
}

function Body({ tab, playground }: BodyProps): JSX.Element {
  switch (tab) {
    case "Timeline":
      return <Operations playground={playground} />;
    case "History":
      return <History playground={playground} />;
    case "Log":
      return <Log playground={playground} />;
    case "Executions":
      return <Executions playground={playground} />;
  }
}

function Operations({ playground }: PaneProps): JSX.Element {
  const { selection, clock, connection, diedAt } = playground;
  return (
    <Timeline
      view={selection.view.value}
      revision={selection.revision.value}
      seq={selection.seq.value}
      isLive={selection.scrub.value === undefined}
      present={clock.now.value}
      now={playground.moment.value}
      run={playground.codeRun.value}
      diedAt={connection.isRemote ? undefined : diedAt.value}
      partedAt={playground.breach.value?.id}
      selected={selection.operationId.value}
      onSelect={(id) => (selection.operationId.value = id)}
    />
  );
}

function History({ playground: { selection } }: PaneProps): JSX.Element {
  return (
    <HistoryView
      view={selection.view.value}
      revision={selection.revision.value}
      seq={selection.seq.value}
      isLive={selection.scrub.value === undefined}
      onSelect={(id) => (selection.operationId.value = id)}
    />
  );
}

function Log({ playground: { selection } }: PaneProps): JSX.Element {
  return (
    <LogView
      view={selection.view.value}
      revision={selection.revision.value}
      seq={selection.seq.value}
      isLive={selection.scrub.value === undefined}
      onSelect={(seq) => (selection.scrub.value = seq)}
    />
  );
}

function Position({ playground: { selection } }: PaneProps): JSX.Element {
  void selection.revision.value;
  return (
    <Scrubber
      seq={selection.seq.value}
      length={selection.view.value.length}
      isLive={selection.scrub.value === undefined}
      onScrub={(seq) => (selection.scrub.value = seq)}
    />
  );
}

function Faults({ playground }: PaneProps): JSX.Element {
  const { local, notices, selection, isSlow } = playground;
  const told = (work: () => void, text: string) => (): void => {
    work();
    notices.tell(text);
  };
  return (
    <FaultPanel
      isSlow={isSlow.value}
      pageAddress={location.href.replace(/#.*/, "")}
      onFailNextWrite={told(() => local.failNextWrite(), "The next write will be refused, and tried again.")}
      onLoseAcknowledgement={told(
        () => local.loseNextAcknowledgement(),
        "The next write will land, and its answer will be lost.",
      )}
      onDuplicateAlarm={told(
        () => local.duplicateAlarm(selection.id.value ?? ""),
        "The alarm went off twice. A wake is a hint: the log decides what is due.",
      )}
      onSlow={(slow) => {
        local.isSlow = slow;
        isSlow.value = slow;
        notices.tell(slow ? "Each write takes most of a second." : "Writes are fast again.");
      }}
      onSkipTime={() => void playground.controls.skipTime()}
    />
  );
}
