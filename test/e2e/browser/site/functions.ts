/** What the pages under test run. Every effect is a request to the server, which counts. */

import { type DurableContext, withDurableExecution } from "perdure";
import type { Functions } from "perdure/browser";
import { encodeVideo } from "../../../../demo/workflows/encode-video.ts";
import { chaosWorkflows } from "./chaos-workflows.ts";
import { promiseWorkflows } from "./promise-workflows.ts";

// AWS's clients are configured as everywhere else. All that they speak to is behind the page's own origin.
(globalThis as { process?: unknown }).process = {
  env: {
    AWS_ENDPOINT_URL_S3: location.origin,
    AWS_ENDPOINT_URL_MEDIACONVERT: location.origin,
    AWS_ACCESS_KEY_ID: "stand-in",
    AWS_SECRET_ACCESS_KEY: "stand-in",
  },
};

export interface RelayEvent {
  readonly steps: number;
  /** A wait of this many seconds after each step; none by default. */
  readonly wait?: number;
  readonly atMostOnce?: boolean;
  /** The length of each result. */
  readonly size?: number;
}

/** Steps one after the other. Each of them is asked for at `/steps/<execution>/<step>`. */
const relay = withDurableExecution(async (event: RelayEvent, context: DurableContext) => {
  const { durableExecutionArn } = context.executionContext;
  const name = durableExecutionArn.split("/").at(-2);
  const answers: string[] = [];
  for (let step = 1; step <= event.steps; step++) {
    const answer = await context.step(
      `step-${step}`,
      async () => {
        globalThis.asking = `${name}/step-${step}`;
        const response = await fetch(`/steps/${name}/step-${step}`, { method: "POST" });
        if (!response.ok) throw new Error(`the server answered ${response.status}`);
        return (await response.text()).padEnd(event.size ?? 0, ".");
      },
      event.atMostOnce === true
        ? { semantics: "AT_MOST_ONCE_PER_RETRY", retryStrategy: () => ({ shouldRetry: false }) }
        : {},
    );
    answers.push(answer.slice(0, 20));
    if (event.wait !== undefined) await context.wait({ seconds: event.wait });
  }
  return answers;
});

declare global {
  /** What steps that ask nobody have run in this page, and which of them are not to end yet. */
  var pondering: { readonly ran: string[]; readonly held: Set<string> };
}

globalThis.pondering = { ran: [], held: new Set() };

/** Steps one after the other that need no server. */
const ponder = withDurableExecution(async ({ steps, wait }: RelayEvent, context: DurableContext) => {
  const name = context.executionContext.durableExecutionArn.split("/").at(-2);
  for (let at = 1; at <= steps; at++) {
    const step = `${name}/step-${at}`;
    await context.step(`step-${at}`, async () => {
      pondering.ran.push(step);
      while (pondering.held.has(step)) await new Promise((next) => setTimeout(next, 20));
    });
    if (wait !== undefined && at < steps) await context.wait("a while", { seconds: wait });
  }
});

/** Waits for a callback, which anybody who knows the execution may complete. */
const approval = withDurableExecution(async (_: unknown, context: DurableContext) =>
  context.waitForCallback("approve", async () => {
    await fetch(`/steps/approval/asked`, { method: "POST" });
  }),
);

export const functions: Functions = { relay, ponder, approval, encodeVideo, ...chaosWorkflows, ...promiseWorkflows };
