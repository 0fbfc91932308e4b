/** TypeScript, in a thread of its own: a check takes longer than a frame. */

import { declarations } from "virtual:declarations";
import type { Answer, Question } from "./protocol.ts";
import { WorkflowLanguage } from "./workflow-language.ts";

const language = new WorkflowLanguage(declarations);

addEventListener("message", ({ data }: MessageEvent<Question>) => postMessage(answer(data)));

function answer({ call, name, asked }: Question): Answer {
  try {
    const ask = language[name] as (...given: readonly unknown[]) => unknown;
    return { call, value: ask.apply(language, [...asked]) };
  } catch (error) {
    return { call, failure: error instanceof Error ? error.message : String(error) };
  }
}
