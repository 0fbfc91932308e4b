import { useSignalEffect } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { localText } from "../../../console/views/model/local-time.ts";
import { CodeEditor } from "../editor/code-editor.ts";
import { examples } from "../examples/catalogue.ts";
import { exportedNames, problemOf, type StartOptions } from "../model/start-options.ts";
import { type Draft, isSameStart } from "../state/drafts.ts";
import { CodeNotice } from "../ui/code-notice.tsx";
import { RemoteStart, RunButtons } from "../ui/run-buttons.tsx";
import { StartForm } from "../ui/start-options.tsx";
import { WorkflowHead } from "../ui/workflow-head.tsx";
import type { PaneProps } from "./app.tsx";
import { linesOf } from "./editor-lines.ts";

export function WorkflowPane({ playground }: PaneProps): JSX.Element {
  return (
    <section class="pane workflow" aria-labelledby="workflow-title">
      <Head playground={playground} />
      <Origin playground={playground} />
      <Editor playground={playground} />
      <Start playground={playground} />
      <Buttons playground={playground} />
    </section>
  );
}

function Start({ playground: { bench, connection, clock } }: PaneProps): JSX.Element {
  const draft = bench.draft.value;
  return (
    <StartForm
      payload={draft.payload}
      options={optionsOf(draft, connection.isRemote)}
      functionNames={connection.isRemote ? [] : exportedNames(draft.code)}
      problem={problemOf(draft, clock.now.value)}
      soon={() => localText(clock.look() + HOUR_MS)}
      onPayload={(payload) => bench.edit({ payload })}
      onOptions={(change) => bench.edit(change)}
    />
  );
}

const HOUR_MS = 3_600_000;

/** A function is chosen as long as the code exports it. Of a Worker's functions one is chosen elsewhere. */
function optionsOf({ functionName, code, ...rest }: Draft, isRemote: boolean): StartOptions {
  const isChosen = !isRemote && functionName !== undefined && exportedNames(code).includes(functionName);
  return { ...rest, ...(isChosen && { functionName }) };
}

function Head({ playground: { bench, notices } }: PaneProps): JSX.Element {
  const { file, code } = bench.draft.value;
  const example = examples.find((each) => each.file === file);
  const isChanged = example !== undefined && (example.code !== code || !isSameStart(example, bench.draft.value));
  return (
    <WorkflowHead
      file={file}
      choices={examples}
      onReset={isChanged ? () => bench.reset(example) : undefined}
      onChoose={(chosen) => {
        const next = examples.find((each) => each.file === chosen);
        if (next !== undefined) bench.open(next);
      }}
      onShare={async () => {
        const url = await bench.share();
        const isCopied = await navigator.clipboard.writeText(url).then(
          () => true,
          () => false,
        );
        const where = isCopied ? "in the clipboard, and beside the button" : "beside the button";
        notices.tell(`A link with this code is ${where}. Opening it runs nothing.`);
        return url;
      }}
    />
  );
}

/** Says whose code it is, where it is not what the visitor wrote last. */
function Origin({ playground: { bench, connection } }: PaneProps): JSX.Element | null {
  const shown = bench.shownFor.value;
  if (bench.draft.value.isForeign === true && !connection.isRemote) {
    return (
      <CodeNotice
        isWarning
        text="This code came with a link. It runs without network, and sees no execution but its own."
        action={{ label: "Make it mine", onPress: () => bench.adopt() }}
      />
    );
  }
  if (shown === undefined) return null;
  const back = { label: "Back to my code", onPress: () => bench.comeBack() };
  return (
    <CodeNotice
      isWarning={false}
      text={`The code that ${shown.executionId.replace("/", " / ")} runs with.`}
      action={shown.hasOther ? back : undefined}
    />
  );
}

function Buttons({ playground }: PaneProps): JSX.Element {
  const { connection, listing, selection, process } = playground;
  if (connection.isRemote) {
    return (
      <RemoteStart
        functionNames={listing.functionNames.value}
        functionName={selection.view.value.header?.functionName}
        onStart={(name) => void playground.controls.startRemote(name)}
      />
    );
  }
  return (
    <RunButtons
      process={process.value}
      onRun={() => void playground.controls.run()}
      onKill={() => playground.controls.kill()}
      onRestart={() => void playground.controls.restart()}
    />
  );
}

function Editor({ playground }: PaneProps): JSX.Element {
  const { bench, process, selection } = playground;
  const box = useRef<HTMLDivElement>(null);
  const editor = useRef<CodeEditor | undefined>(undefined);
  useEffect(() => {
    if (box.current === null) return;
    editor.current = new CodeEditor({
      parent: box.current,
      code: bench.draft.peek().code,
      onChange: (code) => {
        if (code !== bench.draft.peek().code) bench.edit({ code });
      },
    });
  }, []);
  useSignalEffect(() => {
    const { code } = bench.draft.value;
    if (editor.current !== undefined && editor.current.code !== code) editor.current.code = code;
  });
  useSignalEffect(() => {
    const problem = bench.codeError.value;
    if (problem !== undefined) editor.current?.showError(problem);
  });
  useSignalEffect(() => {
    // Not before the page does what it is for.
    if (process.value !== "starting") editor.current?.startLanguageSoon();
  });
  useSignalEffect(() => {
    const lines = linesOf(playground);
    const isAsked = selection.scrub.value !== undefined || selection.operationId.value !== undefined;
    // The editor does not scroll under a person who is typing in it.
    editor.current?.mark(lines, { scroll: isAsked || !editor.current.hasFocus });
  });
  useSignalEffect(() => {
    const line = bench.pointedAt.value;
    if (line !== undefined) editor.current?.mark([{ line: line.line, kind: "chosen" }]);
  });
  return <div class="editor" ref={box} />;
}
