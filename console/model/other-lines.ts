/** The note about lines that are not shown: their place, or that nobody keeps them. */

import type { LineScope } from "../api/answers.ts";
import { type Insights, insightsOf, logGroupOf } from "./insights.ts";

export type OtherLines =
  | { readonly kind: "IN_CLOUDWATCH"; readonly insights: Insights }
  | { readonly kind: "ELSEWHERE"; readonly service: string }
  /** Those before that moment are missing; they are with that service, or gone. */
  | { readonly kind: "EARLIER"; readonly since: number; readonly service: string | undefined }
  | { readonly kind: "NOT_KEPT" };

export interface LinesOfExecution extends Partial<LineScope> {
  /** False where the host has no lines to give. */
  readonly isKept: boolean;
  /** When the execution was started, ms since the epoch; undefined while that is not known. */
  readonly startedAt: number | undefined;
}

/** Undefined where no line is missing. */
export function otherLines(arn: string, lines: LinesOfExecution): OtherLines | undefined {
  const { isKept, startedAt = Number.POSITIVE_INFINITY, since, elsewhere } = lines;
  const { service, region, logGroup } = elsewhere ?? {};
  const told = region === undefined || logGroup === undefined ? undefined : { region, logGroup };
  const group = isKept ? told : logGroupOf(arn);
  if (group !== undefined) return { kind: "IN_CLOUDWATCH", insights: insightsOf(arn, group) };
  if (!isKept) return { kind: "NOT_KEPT" };
  if (since !== undefined) return since > startedAt ? { kind: "EARLIER", since, service } : undefined;
  return service === undefined ? undefined : { kind: "ELSEWHERE", service };
}
