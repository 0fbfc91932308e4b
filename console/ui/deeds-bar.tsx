import { type Signal, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import {
  forkExecution,
  pauseExecution,
  type Point,
  purgeExecution,
  resumeExecution,
  rewindExecution,
  stopExecution,
} from "../api/deeds.ts";
import type { Face } from "../api/face.ts";
import { NO_FILTER } from "../model/filter.ts";
import { executionRoute } from "../model/route.ts";
import { DeedForm, type DeedFormSpec } from "../views/ui/deed-form.tsx";
import {
  type Deed,
  DEED_LABELS,
  DEED_TITLES,
  DONE,
  lackingText,
  PAUSE_TEXT,
  rewindText,
} from "../views/ui/deed-words.ts";
import type { SubjectProps } from "./execution-page.tsx";
import { HistoryTools } from "./replay-panel.tsx";

/** The buttons for one execution; each asks first. */
export function DeedsBar(props: SubjectProps): JSX.Element | null {
  const { console, subject } = props;
  void subject.revision.value;
  const open = useSignal<Deed | undefined>(undefined);
  const face = console.session.face.value;
  if (face === undefined || subject.view.length === 0) return null;
  if (open.value === undefined) {
    return (
      <div class="tools">
        <div class="deeds" role="group" aria-label="What can be done">
          {deedsFor(props).map((deed) => (
            <DeedButton key={deed} deed={deed} isLacking={console.deeds.lacking.value.has(deed)} open={open} />
          ))}
        </div>
        <HistoryTools {...props} />
      </div>
    );
  }
  const close = (): void => {
    open.value = undefined;
  };
  return (
    <DeedForm spec={formFor(open.value, props, face)} openedBy={openedBy(open.value)} onDone={close} onCancel={close} />
  );
}

function openedBy(deed: Deed): string {
  return `deed-${deed}`;
}

interface DeedButtonProps {
  readonly deed: Deed;
  readonly isLacking: boolean;
  readonly open: Signal<Deed | undefined>;
}

function DeedButton({ deed, isLacking, open }: DeedButtonProps): JSX.Element {
  return (
    <button
      type="button"
      disabled={isLacking}
      data-opens={openedBy(deed)}
      title={isLacking ? lackingText(deed) : DEED_TITLES[deed]}
      onClick={() => (open.value = deed)}
    >
      {DEED_LABELS[deed]}
      {isLacking && <span class="hint"> (not here)</span>}
    </button>
  );
}

/** Only what makes sense for how it stands. */
function deedsFor({ subject }: SubjectProps): readonly Deed[] {
  const state = subject.details.value?.state;
  const hasEnded = subject.view.isEnded;
  const isStill = state === "HALTED" || state === "PAUSED" || subject.view.header?.halt !== undefined;
  if (hasEnded) return ["fork", "rewind", "purge"];
  return isStill ? ["resume", "fork", "rewind", "stop"] : ["pause", "fork", "rewind", "stop"];
}

function formFor(deed: Deed, props: SubjectProps, face: Face): DeedFormSpec {
  const { console, subject } = props;
  const { arn } = subject;
  const attempt = (work: () => Promise<unknown>, done: string): Promise<boolean> =>
    console.deeds.attempt(deed, work, done);
  switch (deed) {
    case "stop":
      return {
        ...{ label: "Stop it", isDangerous: true, text: "It ends where it is, and what waits for it is told so." },
        fields: [{ name: "reason", label: "Reason (optional)" }],
        act: ({ reason = "" }) => attempt(() => stopExecution(face, arn, reason), "It was stopped."),
      };
    case "pause":
      return {
        ...{ label: "Pause it", text: PAUSE_TEXT },
        fields: [{ name: "reason", label: "Reason (optional)" }],
        act: ({ reason = "" }) => attempt(() => pauseExecution(face, arn, reason), DONE.pause),
      };
    case "resume":
      return {
        ...{ label: "Resume it", text: "It goes on where it was." },
        fields: [{ name: "version", label: "With another version (optional)" }],
        act: ({ version = "" }) => attempt(() => resumeExecution(face, arn, version), DONE.resume),
      };
    case "fork":
      return forkForm(props, face, attempt);
    case "rewind":
      return rewindForm(props, face, attempt);
    case "purge":
      return {
        ...{ label: "Purge it", isDangerous: true, text: "It is removed with its log, for good." },
        fields: [],
        act: () =>
          attempt(async () => {
            await purgeExecution(face, arn);
            console.router.go({ page: "list", filter: NO_FILTER });
          }, "It was purged."),
      };
  }
}

type Attempt = (work: () => Promise<unknown>, done: string) => Promise<boolean>;

function forkForm({ console, subject, route }: SubjectProps, face: Face, attempt: Attempt): DeedFormSpec {
  const { point, text } = pointOf({ console, subject, route });
  const isCopy = isNowhere(point) && subject.view.header?.status === "SUCCEEDED";
  return {
    label: "Start it anew",
    text: isCopy
      ? "This one has succeeded, so there is nothing to retry: a copy of all of it ends at once, with the same result. " +
        "Choose first where the new execution is to go on from: an operation, or a commit."
      : `A new execution, whose log is this one's ${text}, goes on by itself. This one stays as it is.`,
    fields: [
      { name: "name", label: "Its name", value: nameForFork(subject) },
      { name: "version", label: "With another version (optional)" },
    ],
    act: ({ name = "", version = "" }) =>
      attempt(async () => {
        const fork = await forkExecution(face, subject.arn, { name, version, ...point });
        console.router.go(executionRoute(fork));
      }, "This is the new execution."),
  };
}

/** The most characters that an execution's name may have. */
const LONGEST_NAME = 64;

/** The name offered for a fork: the execution's own, and the number of the fork. */
function nameForFork({ view, details }: SubjectProps["subject"]): string {
  const ending = `-fork-${(details.value?.forks.length ?? 0) + 1}`;
  return `${(view.header?.name ?? "").slice(0, LONGEST_NAME - ending.length)}${ending}`;
}

function rewindForm({ console, subject, route }: SubjectProps, face: Face, attempt: Attempt): DeedFormSpec {
  const { point, text } = pointOf({ console, subject, route });
  return {
    label: "Rewind it",
    isDangerous: true,
    text: isNowhere(point) ? "Choose first where it is to go on from: an operation, or a commit." : rewindText(text),
    fields: [{ name: "version", label: "With another version (optional)" }],
    isImpossible: isNowhere(point),
    act: ({ version = "" }) =>
      attempt(async () => {
        await rewindExecution(face, subject.arn, point, version);
        console.router.adjust({ ...route, commit: undefined });
        console.reopen();
      }, DONE.rewind),
  };
}

function isNowhere({ operationId, cursor }: Point): boolean {
  return operationId === undefined && cursor === undefined;
}

/** Before the chosen operation, or at the commit that is looked at, or as far as it got. */
function pointOf({ subject, route }: SubjectProps): { readonly point: Point; readonly text: string } {
  const track = subject.view.track(route.operation ?? "");
  if (track !== undefined) return { point: { operationId: track.id }, text: `before “${track.title}”` };
  if (route.commit !== undefined) return { point: { cursor: route.commit }, text: `up to commit ${route.commit}` };
  return { point: {}, text: "as far as it got" };
}
