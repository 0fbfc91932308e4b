/**
 * Every function of the template may do what the code does in it, and nothing that no code does: held against the requests
 * of a run on the stand-ins in which everything happens that there is.
 */

import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { LocalS3 } from "../../scripts/local-aws/local-bucket.ts";
import { localContext, recordOf } from "../../scripts/local-aws/queue-mapping.ts";
import type { LambdaHost } from "../../src/homes/aws/create-lambda-host.ts";
import type { QueueEvent } from "../../src/homes/aws/lambda-events.ts";
import { withDurableExecution } from "../../src/lambda-compat/index.ts";
import { LocalAws, type LambdaWorld } from "./lambda-world.ts";
import { allowedTo } from "./template.ts";

type FunctionName = "Queue" | "Sweeper" | "Http";

const HOUR_MS = 3_600_000;
const BUCKET = "permissions";
/** What a command of a client needs, where that is called otherwise. */
const NEEDED: Readonly<Record<string, string>> = {
  "dynamodb:Get": "dynamodb:GetItem",
  "dynamodb:Put": "dynamodb:PutItem",
  "dynamodb:Update": "dynamodb:UpdateItem",
  "dynamodb:Delete": "dynamodb:DeleteItem",
  "dynamodb:BatchWrite": "dynamodb:BatchWriteItem",
  "sqs:SendMessageBatch": "sqs:SendMessage",
  "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
  "s3:DeleteObjects": "s3:DeleteObject",
  "s3:ListObjectsV2": "s3:ListBucket",
};

let aws: LocalAws;
let s3: LocalS3;
/** The id of the callback that waits. */
let approval = "";

beforeAll(async () => {
  aws = await LocalAws.start();
  s3 = await LocalS3.start();
  await s3.createBucket(BUCKET);
});

afterAll(async () => {
  await s3.stop();
  await aws.stop();
});

interface Client {
  send(command: never, ...more: never[]): unknown;
}

/** Takes note of what each function asks for, and on what. */
class Permissions {
  readonly used = new Map<FunctionName, Set<string>>();
  readonly #world: LambdaWorld;

  constructor(world: LambdaWorld) {
    this.#world = world;
  }

  host(functionName: FunctionName): LambdaHost {
    const used = new Set<string>();
    this.used.set(functionName, used);
    const noted = <C extends Client>(service: string, client: C): C => {
      const asked = client as unknown as { send(command: object): Promise<unknown> };
      const send = (command: { constructor: { name: string }; input: object }): Promise<unknown> => {
        const action = `${service}:${command.constructor.name.replace(/Command$/, "")}`;
        used.add(`${NEEDED[action] ?? action} ${this.#placeOf(command.input as Record<string, string>)}`);
        if ("Target" in command.input) used.add("iam:PassRole HostScheduleRole");
        return asked.send(command);
      };
      return { send } as unknown as C;
    };
    return this.#world.host(
      { order, plain: async () => "plain" },
      {
        clients: {
          dynamodb: noted("dynamodb", aws.dynalite.client),
          sqs: noted("sqs", aws.sqs.client),
          scheduler: noted("scheduler", this.#world.scheduler.client),
          s3: noted("s3", s3.client),
        },
        offload: { bucket: BUCKET, aboveBytes: 4096 },
        retentionDays: 1,
      },
    );
  }

  #placeOf({ QueueUrl, Bucket, GroupName }: Record<string, string>): string {
    if (QueueUrl !== undefined) return QueueUrl === this.#world.queue.url ? "HostWakes" : "HostDeadLetters";
    if (Bucket !== undefined) return "HostPayloads";
    return GroupName === undefined ? "HostExecutions" : "HostSchedules";
  }
}

const random = (): string => Buffer.from(crypto.getRandomValues(new Uint8Array(10_000))).toString("hex");

/** Unless it is to be short it has a long log, a large result, a long wait, and calls another function. */
const order = withDurableExecution(async (input: string, context) => {
  if (input.startsWith("short")) {
    await context.wait({ seconds: 1 });
    return "short";
  }
  await Promise.all(Array.from({ length: 2100 }, (_, at) => context.step(`step ${at}`, async () => at)));
  const large = await context.step("large", async () => random());
  await context.invoke("plain", "plain", {});
  const answer = context.waitForCallback("approval", async (id) => {
    approval = id;
  });
  await context.wait({ hours: 2 });
  await answer;
  return large.length;
});

/**
 * An execution that was found to be expired may have been rewound before the sweeper looks at it, and then it runs there.
 * Everything else is seen in the run, but for what Lambda's own poller asks for in the function's name, and what the module
 * that the guide shows asks for its credentials.
 */
const OTHERS: Readonly<Record<FunctionName, readonly string[]>> = {
  Queue: ["ReceiveMessage", "ChangeMessageVisibility", "GetQueueUrl", "DeleteMessage", "GetQueueAttributes"].map(
    (action) => `sqs:${action} HostWakes`,
  ),
  Sweeper: [
    "s3:PutObject HostPayloads",
    "scheduler:CreateSchedule HostSchedules",
    "scheduler:DeleteSchedule HostSchedules",
    "iam:PassRole HostScheduleRole",
  ],
  Http: ["GetSecretValue", "DescribeSecret"].map((action) => `secretsmanager:${action} CredentialsArn`),
};

test("each function uses all that it is allowed, and is allowed all that it uses", async () => {
  const world = await aws.open({ visibilitySeconds: 1, maxReceiveCount: 1 });
  const permissions = new Permissions(world);
  const [queue, sweeper, http] = (["Queue", "Sweeper", "Http"] as const).map((name) => permissions.host(name)) as [
    LambdaHost,
    LambdaHost,
    LambdaHost,
  ];
  const run = async (): Promise<void> => {
    const messages = await aws.sqs.receive(world.queue.url, 1);
    const event = { Records: messages.map(recordOf) } as unknown as QueueEvent;
    if (messages.length > 0) await queue.handlers.queue(event, localContext(60));
    await aws.sqs.delete(world.queue.url, messages);
  };
  const sweep = (): Promise<unknown> => sweeper.handlers.sweeper({}, localContext(60));

  const { client } = http;

  await client.start({ functionName: "order", name: "one", input: JSON.stringify(random()) });
  await expect.poll(async () => (await run(), world.scheduler.names.length), { timeout: 60_000 }).toBe(1);
  await client.completeCallback(approval, { type: "SUCCEEDED", result: "yes" });
  await client.stop("order/one");
  await expect.poll(async () => (await run(), world.scheduler.names.length)).toBe(0);
  await client.purge("order/one");
  await expect.poll(async () => (await run(), client.describe("order/one").catch(() => "gone"))).toBe("gone");

  const status = async (id: string): Promise<string> => (await client.describe(id)).status;
  const startShort = (name: string): Promise<unknown> =>
    client.start({ functionName: "order", name, input: JSON.stringify(`short ${random()}`) });
  await startShort("two");
  await expect.poll(async () => (await run(), status("order/two"))).toBe("SUCCEEDED");
  await startShort("three");
  await expect
    .poll(async () => (await aws.sqs.receive(world.queue.url, 0), aws.sqs.size(world.queue.deadLetterUrl)))
    .toBe(1);
  await sweep();
  await aws.sqs.delete(world.queue.url, await aws.sqs.receive(world.queue.url, 1));
  world.skip(HOUR_MS);
  await sweep();
  await expect.poll(async () => (await run(), status("order/three"))).toBe("SUCCEEDED");
  world.skip(25 * HOUR_MS);
  // A message may come a day late.
  const MessageBody = JSON.stringify({ wake: "order/two" });
  await aws.sqs.client.send(new SendMessageCommand({ QueueUrl: world.queue.url, MessageBody }));
  await expect.poll(async () => (await run(), client.describe("order/two").catch(() => "gone"))).toBe("gone");
  await sweep();

  const differing = Object.entries(OTHERS).map(([name, others]) => {
    const used = [...(permissions.used.get(name as FunctionName) ?? []), ...others];
    const allowed = allowedTo(name);
    return {
      name,
      forbidden: used.filter((action) => !allowed.includes(action)),
      unused: allowed.filter((action) => !used.includes(action)),
    };
  });
  expect(differing).toEqual(["Queue", "Sweeper", "Http"].map((name) => ({ name, forbidden: [], unused: [] })));
  expect(world.errors).toEqual([]);
});
