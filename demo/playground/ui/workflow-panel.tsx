import { useSignal, useSignalEffect } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { CodeEditor, type MarkedLine } from "../editor/code-editor.ts";
import { examples } from "../examples/catalogue.ts";
import type { Playground } from "./playground.ts";

export function WorkflowPanel({ playground }: { readonly playground: Playground }): JSX.Element {
  const { draft } = playground;
  return (
    <section class="pane workflow" aria-labelledby="workflow-title">
      <div class="pane-head">
        <h2 id="workflow-title">Workflow</h2>
        <label class="grow">
          <span class="sr">Example</span>
          <select
            value={draft.value.file}
            onChange={({ currentTarget }) => {
              const example = examples.find(({ file }) => file === currentTarget.value);
              if (example !== undefined) playground.open(example);
            }}
          >
            {examples.map(({ file, title }) => (
              <option key={file} value={file}>
                {title}
              </option>
            ))}
            {examples.every(({ file }) => file !== draft.value.file) && (
              <option value={draft.value.file}>{draft.value.file}</option>
            )}
          </select>
        </label>
        <ResetButton playground={playground} />
        <ShareButton playground={playground} />
      </div>
      <Editor playground={playground} />
      <label class="payload">
        Payload
        <input
          value={draft.value.payload}
          spellcheck={false}
          autoComplete="off"
          onInput={({ currentTarget }) => playground.edit({ payload: currentTarget.value })}
        />
      </label>
      <RunButtons playground={playground} />
    </section>
  );
}

function RunButtons({ playground }: { readonly playground: Playground }): JSX.Element {
  const state = playground.process.value;
  const isDead = state === "killed";
  if (playground.isRemote.value) {
    return <RemoteStart playground={playground} />;
  }
  return (
    <div class="run">
      <button type="button" class="primary" onClick={() => void playground.run()}>
        Run
      </button>
      {isDead ? (
        <button type="button" onClick={() => void playground.restart()}>
          Restart worker
        </button>
      ) : (
        <button type="button" class="danger" disabled={state !== "running"} onClick={() => playground.kill()}>
          Kill
        </button>
      )}
      <span class={`process process-${state}`}>{processLabels[state]}</span>
    </div>
  );
}

/** The code in the editor has no part in it: the Worker has its own. */
function RemoteStart({ playground }: { readonly playground: Playground }): JSX.Element {
  const chosen = useSignal<string | undefined>(undefined);
  const names = playground.functionNames.value;
  const name = chosen.value ?? playground.view.value.header?.functionName ?? names[0] ?? "";
  return (
    <div class="run">
      <label class="inline">
        Function
        <select value={name} onChange={({ currentTarget }) => (chosen.value = currentTarget.value)}>
          {names.map((each) => (
            <option key={each} value={each}>
              {each}
            </option>
          ))}
        </select>
      </label>
      <button type="button" class="primary" disabled={name === ""} onClick={() => void playground.startRemote(name)}>
        Start at the Worker
      </button>
      <span class="hint">The Worker runs its own code, not the editor's.</span>
    </div>
  );
}

const processLabels: Readonly<Record<Playground["process"]["value"], string>> = {
  starting: "The worker starts",
  running: "The worker runs",
  killed: "No worker: killed",
  elsewhere: "Another tab has the worker",
};

/** For an example that was edited: back to how it was. */
function ResetButton({ playground }: { readonly playground: Playground }): JSX.Element | null {
  const { file, code, payload } = playground.draft.value;
  const example = examples.find((each) => each.file === file);
  if (example === undefined || (example.code === code && example.payload === payload)) return null;
  return (
    <button
      type="button"
      class="quiet"
      title="Puts the example's own code and payload back."
      onClick={() => playground.reset(example)}
    >
      Reset
    </button>
  );
}

function ShareButton({ playground }: { readonly playground: Playground }): JSX.Element {
  const link = useSignal<string | undefined>(undefined);
  const share = async (): Promise<void> => {
    const url = await playground.share();
    link.value = url;
    const isCopied = await navigator.clipboard.writeText(url).then(
      () => true,
      () => false,
    );
    const where = isCopied ? "in the clipboard, and beside the button" : "beside the button";
    playground.tell(`A link with this code is ${where}. Opening it runs nothing.`);
  };
  return (
    <>
      <button type="button" class="quiet" onClick={() => void share()}>
        Share
      </button>
      {link.value !== undefined && (
        <a class="share-link" href={link.value}>
          Link
        </a>
      )}
    </>
  );
}

function Editor({ playground }: { readonly playground: Playground }): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const editor = useRef<CodeEditor | undefined>(undefined);
  useEffect(() => {
    if (box.current === null) return;
    editor.current = new CodeEditor({
      parent: box.current,
      code: playground.draft.peek().code,
      onChange: (code) => {
        if (code !== playground.draft.peek().code) playground.edit({ code });
      },
    });
  }, []);
  useSignalEffect(() => {
    const { code } = playground.draft.value;
    if (editor.current !== undefined && editor.current.code !== code) editor.current.code = code;
  });
  useSignalEffect(() => {
    const problem = playground.codeError.value;
    if (problem !== undefined) editor.current?.showError(problem);
  });
  useSignalEffect(() => {
    // Not before the page does what it is for.
    if (playground.process.value !== "starting") editor.current?.startLanguageSoon();
  });
  useSignalEffect(() => {
    const lines = linesOf(playground);
    // Whoever is writing is not to be moved about.
    editor.current?.mark(lines, { scroll: !editor.current.hasFocus || playground.scrub.value !== undefined });
  });
  return <div class="editor" ref={box} />;
}

/** Where the code had got to, or where it and the log part. */
function linesOf(playground: Playground): readonly MarkedLine[] {
  const { selected, breach, seq, view, sites, revision } = playground;
  void revision.value;
  const id = selected.value;
  if (id === undefined || playground.isRemote.value) return [];
  const parted = breach.value;
  if (parted !== undefined) {
    const { recorded, attempted } = parted;
    return [
      ...(attempted.line === undefined ? [] : [{ line: attempted.line, kind: "attempted" } as const]),
      ...(recorded.line === undefined || recorded.line === attempted.line
        ? []
        : [{ line: recorded.line, kind: "recorded" } as const]),
    ];
  }
  let track = view.value.newestAt(seq.value);
  while (track !== undefined && sites.recorded(id, track.id)?.line === undefined) {
    track = track.parentId === undefined ? undefined : view.value.track(track.parentId);
  }
  const line = track === undefined ? undefined : sites.recorded(id, track.id)?.line;
  return line === undefined ? [] : [{ line, kind: "reached" }];
}
