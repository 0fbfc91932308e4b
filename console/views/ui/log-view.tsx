import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { ExecutionView } from "../model/execution-view.ts";
import { pretty } from "./labels.ts";
import { VirtualList } from "./virtual-list.tsx";

export interface LogViewProps {
  readonly view: ExecutionView;
  /** Changes when the view has: it is changed in place. */
  readonly revision: number;
  /** The commit that is looked at. */
  readonly seq: number;
  readonly isLive: boolean;
  readonly onSelect: (seq: number) => void;
}

/** The text of a commit from its facts on: what is before them says nothing at a glance. */
function factsOf(body: string): string {
  const start = body.indexOf('"facts":');
  return start < 0 ? body : body.slice(start + '"facts":'.length, -1);
}

/** The log itself: all that is stored. Choosing a commit moves there. */
export function LogView({ view, revision, seq, isLive, onSelect }: LogViewProps): JSX.Element {
  const commits = useMemo(() => view.bodies.map((body, index) => ({ body, seq: index + 1 })), [view, revision]);
  const chosen = view.bodies[seq - 1];
  return (
    <div class="log">
      <VirtualList
        id="commit"
        label="Commits"
        items={commits}
        keyOf={(commit) => String(commit.seq)}
        selected={String(seq)}
        onSelect={(commit) => onSelect(commit.seq)}
        follow={isLive}
        empty="No commit yet."
        render={(commit) => (
          <span class="cells">
            <span class="cell-number">{commit.seq}</span>
            <span class="cell-main">{view.commits[commit.seq - 1]?.facts.map(({ kind }) => kind).join(", ")}</span>
            <span class="cell-text">{factsOf(commit.body)}</span>
          </span>
        )}
      />
      {chosen !== undefined && (
        <pre class="commit" tabIndex={0} aria-label={`Commit ${seq}`}>
          {pretty(chosen)}
        </pre>
      )}
    </div>
  );
}
