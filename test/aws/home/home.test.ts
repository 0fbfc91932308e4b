/** The home on AWS under AWS's own runtime client: processes that are frozen between calls, and killed in the middle of them. */

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { QueueMapping } from "../../../scripts/local-aws/queue-mapping.ts";
import { sampled } from "../../../scripts/slow-tests.ts";
import { seededRandom } from "../../../src/testing/seeded-random.ts";
import { LocalAws, type LambdaWorld } from "../lambda-world.ts";
import { bundle, type Code } from "../lambda-runtime/bundle.ts";
import { answering, LambdaFunction } from "../lambda-runtime/lambda-function.ts";
import { describeOnLambda } from "../lambda-runtime/on-lambda.ts";

const TOKEN = "a-token-of-this-test";
let aws: LocalAws;
let code: Code;

beforeAll(async () => {
  aws = await LocalAws.start();
  code = await bundle(new URL("handlers/host.ts", import.meta.url));
});

afterAll(async () => {
  code.remove();
  await aws.stop();
});

/** Hears which steps ran, completes callbacks, and knows of steps that ran after they were completed. */
async function hear(onAsked: (id: string) => void) {
  const runs = new Map<string, number>();
  const completed = new Set<string>();
  const ranAgain: string[] = [];
  const server = createServer((request, response) => {
    const [, verb, what = ""] = /^\/(\w+) (.+)$/.exec(decodeURIComponent(request.url ?? "")) ?? [];
    if (verb === "asks") onAsked(what.slice(what.indexOf(" ") + 1));
    if (verb === "completed") completed.add(what);
    if (verb === "ran" && completed.has(what)) ranAgain.push(what);
    if (verb === "ran") runs.set(what, (runs.get(what) ?? 0) + 1);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, runs, ranAgain };
}

function functionOf(world: LambdaWorld, name: string, reportUrl: string): LambdaFunction {
  const lambda = new LambdaFunction({
    name,
    code: code.folder,
    handler: `index.${name}`,
    timeoutMs: 10_000,
    concurrency: 2,
    variables: { ...world.variables, REPORT_URL: reportUrl, TOKEN },
  });
  onTestFinished(() => lambda.close());
  return lambda;
}

interface Disturbed {
  readonly queue: LambdaFunction;
  readonly sweeper: LambdaFunction;
  readonly signal: AbortSignal;
}

/** Calls the sweeper now and then, and kills a process behind the queue in the middle of whatever it does. */
async function disturb(kills: number, { queue, sweeper, signal }: Disturbed): Promise<void> {
  const random = seededRandom(7);
  for (let left = kills; !signal.aborted; left--) {
    await sweeper.invoke({});
    await new Promise((next) => setTimeout(next, 1000));
    if (left > 0) await queue.environments[random.below(Math.max(queue.environments.length, 1))]?.kill();
  }
}

const result = ["first", ["item 1", "item 2", "item 3"], "yes", 42, "last"];

describeOnLambda("the home on AWS under AWS's runtime client", () => {
  const worlds = [
    ["undisturbed", false],
    ["killed again and again", true],
  ] as const;

  test.each(sampled(worlds, 1))(
    "executions come to their end, and no completed step runs again: %s",
    async (_, isKilled) => {
      const world = await aws.open({ visibilitySeconds: 3, maxReceiveCount: 50 });
      // Where the test starts executions and looks at them, none is run.
      const { client } = world.host({ seed: async () => undefined, double: async () => undefined });
      const heard = await hear(
        (id) => void client.completeCallback(id, { type: "SUCCEEDED", result: "yes" }).catch(() => undefined),
      );
      const queue = functionOf(world, "queue", heard.url);
      const sweeper = functionOf(world, "sweeper", heard.url);
      const mapping = new QueueMapping({
        sqs: aws.sqs,
        url: world.queue.url,
        invoke: answering(queue),
        concurrency: 2,
        // Calls whose process was killed.
        onError: () => undefined,
      });
      onTestFinished(() => mapping.stop());
      const names = ["a", "b", "c"];
      for (const name of names) await client.start({ functionName: "seed", name, input: JSON.stringify({ name }) });
      const disturbing = new AbortController();
      const disturbed = disturb(isKilled ? 8 : 0, { queue, sweeper, signal: disturbing.signal });
      onTestFinished(() => {
        disturbing.abort();
        return disturbed;
      });
      const ended = await Promise.all(names.map((name) => client.settled(`seed/${name}`, Date.now() + 200_000)));
      expect(ended.map(({ status, result: text }) => [status, JSON.parse(text ?? "null") as unknown])).toEqual(
        names.map(() => ["SUCCEEDED", result]),
      );
      expect(heard.ranAgain).toEqual([]);
      const again = [...heard.runs].filter(([, runs]) => runs > 1);
      expect(isKilled ? [] : again).toEqual([]);
    },
  );

  test("the HTTP function streams what it answers, live events among it", async () => {
    const world = await aws.open();
    const { client } = world.host({ seed: async () => undefined, double: async () => undefined });
    const heard = await hear(() => undefined);
    const http = functionOf(world, "http", heard.url);
    const { execution } = await client.start({ functionName: "double", input: "1" });
    const arn = `arn:perdure:lambda:local:000000000000:function:double:$LATEST/durable-execution/${execution.name}/${execution.incarnation}`;
    const ask = (path: string) =>
      http.invoke({
        version: "2.0",
        rawPath: path,
        rawQueryString: "",
        headers: { host: "example.lambda-url.us-east-1.on.aws", authorization: `Bearer ${TOKEN}` },
        isBase64Encoded: false,
        requestContext: { domainName: "example.lambda-url.us-east-1.on.aws", http: { method: "GET" } },
      });
    const watched = ask(`/2025-12-01/durable-executions/${encodeURIComponent(arn)}/events`);
    await client.stop(execution.id);
    expect(payloadOf(await watched)).toMatch(/"statusCode":200(.|\n|\0)*id: 1\n(.|\n)*id: 2\n(.|\n)*event: end/);
    const missing = payloadOf(await ask("/2025-12-01/durable-executions/nothing"));
    expect(missing).toMatch(/"statusCode":400(.|\n|\0)*InvalidParameterValueException/);
  });
});

function payloadOf(outcome: object): string {
  return JSON.stringify(outcome).replaceAll("\\n", "\n").replaceAll('\\"', '"').replaceAll("\\u0000", "\0");
}
