/** The questions of the page to the worker that knows TypeScript. */

import type { WorkflowLanguage } from "./workflow-language.ts";

export type Questions = Pick<WorkflowLanguage, "check" | "suggest" | "describe" | "hover" | "call">;

export type QuestionName = keyof Questions;

export type Asked<Name extends QuestionName> = Parameters<Questions[Name]>;

export type Answered<Name extends QuestionName> = ReturnType<Questions[Name]>;

export interface Question<Name extends QuestionName = QuestionName> {
  readonly call: number;
  readonly name: Name;
  readonly asked: Asked<Name>;
}

export type Answer =
  | { readonly call: number; readonly value: unknown }
  | { readonly call: number; readonly failure: string };
