import type { JSX } from "preact";
import type { Kin } from "../api/answers.ts";
import { NO_FILTER } from "../model/filter.ts";
import { adviceOn } from "../model/halt-advice.ts";
import { executionRoute, formatRoute } from "../model/route.ts";
import type { Subject } from "../state/subject.ts";
import { counted } from "../views/model/counted.ts";
import { takeKeyboard } from "../views/ui/kept-keyboard.ts";
import { duration, moment, remaining, statusLabel } from "../views/ui/labels.ts";
import { storyOf } from "../views/ui/story-text.ts";
import { TagList } from "../views/ui/tag-list.tsx";
import { DeedsBar } from "./deeds-bar.tsx";
import type { SubjectProps } from "./execution-page.tsx";
import { Inbox } from "./inbox.tsx";

/** The state of an execution, the reason if it stands still, and the actions on it. */
export function ExecutionHead(props: SubjectProps): JSX.Element {
  const { console, subject, route } = props;
  const { view } = subject;
  void subject.revision.value;
  const now = console.now.value;
  const seq = Math.min(route.commit ?? view.length, view.length);
  const story = storyOf({ view, seq, isLive: route.commit === undefined, now, run: undefined, hasCode: true });
  return (
    <header class="execution-head">
      <TitleLine subject={subject} now={now} />
      {subject.error.value !== undefined && view.length > 0 && <p class="list-error">{subject.error.value}</p>}
      <HaltPanel subject={subject} now={now} />
      {story.length > 0 && <p class="execution-story">{story.join(" ")}</p>}
      <Family subject={subject} />
      <DeedsBar {...props} />
      <Inbox {...props} />
    </header>
  );
}

interface TitleLineProps {
  readonly subject: Subject;
  readonly now: number;
}

function TitleLine({ subject, now }: TitleLineProps): JSX.Element {
  const { view } = subject;
  void subject.revision.value;
  const details = subject.details.value;
  const header = view.header;
  const state = details?.state ?? (header?.halt === undefined ? header?.status : "HALTED");
  const startedAt = details?.startedAt ?? view.commits[0]?.at;
  const endedAt = details?.endedAt ?? (view.isEnded ? view.commits.at(-1)?.at : undefined);
  return (
    <div class="execution-title">
      <a class="back" href={formatRoute({ page: "list", filter: NO_FILTER })}>
        Executions
      </a>
      <h2 ref={takeKeyboard} tabIndex={-1} data-keyboard="rest">
        {details?.name ?? header?.name ?? "…"}
      </h2>
      {state !== undefined && <span class={`status status-${state}`}>{statusLabel(state)}</span>}
      <span class="hint">
        {header?.functionName ?? details?.functionName} : {header?.version ?? details?.version}
      </span>
      {startedAt !== undefined && (
        <span class="hint" title={moment(startedAt)}>
          {moment(startedAt)}, {duration((endedAt ?? now) - startedAt)}
        </span>
      )}
      <span class="hint">
        {counted(view.tracks.length, "operation")}, {counted(view.length, "commit")}
      </span>
      <TagList tags={details?.tags} />
    </div>
  );
}

function HaltPanel({ subject, now }: TitleLineProps): JSX.Element | null {
  const details = subject.details.value;
  void subject.revision.value;
  const halt = subject.view.header?.halt;
  const reason = details?.halt?.reason ?? halt?.reason;
  const at = details?.halt?.at ?? halt?.at;
  if (reason === undefined || subject.view.isEnded) return <FaultPanel subject={subject} now={now} />;
  const { title, text } = adviceOn(reason);
  const message = details?.error?.message ?? halt?.error.errorMessage ?? "";
  return (
    <section class={reason === "PAUSED" ? "halt halt-paused" : "halt"} aria-label="Why it stands still">
      <h3>
        {title}
        {at !== undefined && <span class="hint"> since {moment(at)}</span>}
      </h3>
      {message !== "" && <Message text={message} />}
      <p>{text}</p>
    </section>
  );
}

/** Its last invocation broke, and another one follows. */
function FaultPanel({ subject, now }: TitleLineProps): JSX.Element | null {
  const details = subject.details.value;
  if (details?.fault === undefined || details.endedAt !== undefined) return null;
  const { count, retryAt } = details.fault;
  return (
    <section class="halt halt-paused" aria-label="Why it stands still">
      <h3>
        Its last {count === 1 ? "invocation" : counted(count, "invocation")} broke; the next one begins in{" "}
        {remaining(retryAt - now)}
      </h3>
      {details.error !== undefined && <Message text={`${details.error.type}: ${details.error.message}`} />}
    </section>
  );
}

/** Of a long one there is a part to be seen, and the arrow keys show the rest. */
function Message({ text }: { readonly text: string }): JSX.Element {
  return (
    <pre class="code" role="region" aria-label="The error" tabIndex={0}>
      {text}
    </pre>
  );
}

function Family({ subject }: { readonly subject: Subject }): JSX.Element | null {
  const { forkedFrom, forks = [] } = subject.details.value ?? {};
  if (forkedFrom === undefined && forks.length === 0) return null;
  return (
    <p class="kin">
      {forkedFrom !== undefined && (
        <span>
          Forked from <KinLink kin={forkedFrom} />
        </span>
      )}
      {forks.length > 0 && (
        <span>
          Forks:{" "}
          {forks.map((kin) => (
            <span key={kin.arn}>
              <KinLink kin={kin} />{" "}
            </span>
          ))}
        </span>
      )}
    </p>
  );
}

function KinLink({ kin: { arn, name } }: { readonly kin: Kin }): JSX.Element {
  return <a href={formatRoute(executionRoute(arn))}>{name}</a>;
}
