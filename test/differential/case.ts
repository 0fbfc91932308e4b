/** One program, written once and run by both SDKs on every machine there is. */

import type * as aws from "@aws/durable-execution-sdk-js";
import type { DifferenceName, Place } from "./differences.ts";

/** What both packages export. */
export type Sdk = typeof aws;

export type Handler = (event: unknown, context: aws.DurableContext) => Promise<unknown>;

/** Makes the handler anew for every run: what it closes over outlives replays, but not the run. */
export type Program = (sdk: Sdk) => Handler;

/** The target of a chained invoke. */
export type Target = { readonly durable: Handler } | { readonly plain: (event: unknown) => Promise<unknown> };

/** Something that happens to an open callback. */
export interface OutsideEvent {
  /** The name of the `createCallback` or `waitForCallback` it happens to. */
  readonly to: string;
  /** Which of several with that name; default 0. */
  readonly index?: number;
  /** SUBMITTED: once the submitter of a `waitForCallback` is done. Default: STARTED for callbacks. */
  readonly when?: "STARTED" | "SUBMITTED";
  readonly event:
    | { readonly succeed: string | undefined }
    | { readonly fail: aws.ErrorObject | undefined }
    | "heartbeat";
}

export interface CaseOptions {
  readonly program: Program;
  readonly input?: unknown;
  readonly config?: aws.DurableExecutionConfig;
  /** By name. */
  readonly functions?: (sdk: Sdk) => Readonly<Record<string, Target>>;
  /** Each when its callback is there; in this order where they happen to the same one. */
  readonly outside?: readonly OutsideEvent[];
  /** The order in which operations start matters across contexts too. */
  readonly comparesStarts?: boolean;
  /** For what makes no sense everywhere. Default: all. */
  readonly places?: readonly Place[];
  /** Where perdure differs on purpose. */
  readonly differs?: DifferenceName | readonly DifferenceName[];
}

/** Programs by what they show. */
export type Corpus = Readonly<Record<string, Program | CaseOptions>>;

/** Programs that differ on purpose, by how. */
export type Differing = Partial<Record<DifferenceName, readonly string[]>>;

/** The corpus, in which the named programs differ. */
export function differing(corpus: Corpus, names: Differing): Corpus {
  const changed: Record<string, Program | CaseOptions> = { ...corpus };
  for (const [difference, programs] of Object.entries(names) as [DifferenceName, readonly string[]][]) {
    for (const name of programs) {
      const definition = changed[name];
      if (definition === undefined) throw new Error(`There is no program "${name}".`);
      const options = typeof definition === "function" ? { program: definition } : definition;
      changed[name] = { ...options, differs: [...[options.differs ?? []].flat(), difference] };
    }
  }
  return changed;
}

export interface Case extends CaseOptions {
  readonly name: string;
  readonly differences: readonly DifferenceName[];
}

export function casesOf(corpus: Corpus): Case[] {
  return Object.entries(corpus).map(([name, definition]) => {
    const options = typeof definition === "function" ? { program: definition } : definition;
    return { ...options, name, differences: [options.differs ?? []].flat() };
  });
}
