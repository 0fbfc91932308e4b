/** The Worker under `wrangler dev` with its state on disk, the stand-ins beside it, and AWS's Lambda client before it. */

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import {
  type Event,
  GetDurableExecutionCommand,
  type GetDurableExecutionCommandOutput,
  GetDurableExecutionHistoryCommand,
  InvokeCommand,
  LambdaClient,
  SendDurableExecutionCallbackSuccessCommand,
} from "@aws-sdk/client-lambda";
import { startStandIns, type StandIns, type StandInsOptions } from "../../demo/stand-ins/stand-ins.ts";
import type { EncodeRequest } from "../../demo/workflows/encode-video.ts";
import { root } from "../../scripts/command.ts";
import { type LocalCredential, newCredential } from "../../scripts/local-settings.ts";
import { unusedPort } from "../../scripts/unused-port.ts";
import { startLocalWorker, type LocalWorker } from "../../scripts/local-worker.ts";

/** An execution that was cut off in the middle of a step goes on by itself within a minute. */
const PATIENCE_MS = 120_000;

export class SeedWorld {
  readonly standIns: StandIns;
  readonly #folder: string;
  readonly #port: number;
  readonly #credential: LocalCredential = newCredential("seed test");
  readonly #lambda: LambdaClient;
  #worker: LocalWorker | undefined;

  private constructor(standIns: StandIns, port: number) {
    this.standIns = standIns;
    this.#port = port;
    this.#folder = temporaryFolder("seed");
    this.#lambda = new LambdaClient({
      endpoint: `http://127.0.0.1:${port}`,
      region: "us-east-1",
      // A copy: the client leaves notes in the object it is given.
      credentials: { ...this.#credential.sigv4 },
    });
  }

  static async open(options: StandInsOptions = {}): Promise<SeedWorld> {
    const standIns = await startStandIns(options);
    standIns.objectStore.createBucket("media");
    const world = new SeedWorld(standIns, await unusedPort());
    await world.start();
    return world;
  }

  async start(): Promise<void> {
    this.#worker = await startLocalWorker({
      port: this.#port,
      folder: this.#folder,
      environment: { ...this.standIns.environment, PERDURE_CREDENTIALS: JSON.stringify([this.#credential]) },
    });
  }

  /** SIGKILL for wrangler, workerd and all. */
  async kill(): Promise<void> {
    await this.#worker?.kill();
    this.#worker = undefined;
  }

  /** Kills everything, and starts it again; nobody speaks to the execution meanwhile. */
  async restart(): Promise<void> {
    await this.kill();
    await this.start();
  }

  async close(): Promise<void> {
    await this.kill();
    await this.standIns.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Starts encode-video and answers with the execution's ARN. */
  encode(name: string, event: EncodeRequest): Promise<string> {
    return this.begin("encode-video", name, event);
  }

  async begin(functionName: string, name: string, event: object): Promise<string> {
    const { DurableExecutionArn, StatusCode } = await this.#lambda.send(
      new InvokeCommand({
        FunctionName: functionName,
        Qualifier: "$LATEST",
        InvocationType: "Event",
        DurableExecutionName: name,
        Payload: JSON.stringify(event),
      }),
    );
    if (StatusCode !== 202 || DurableExecutionArn === undefined) throw new Error(`${name} was not started`);
    return DurableExecutionArn;
  }

  async describe(arn: string): Promise<GetDurableExecutionCommandOutput> {
    return await this.#lambda.send(new GetDurableExecutionCommand({ DurableExecutionArn: arn }));
  }

  async history(arn: string): Promise<Event[]> {
    const events: Event[] = [];
    let marker: string | undefined;
    do {
      const page = await this.#lambda.send(
        new GetDurableExecutionHistoryCommand({
          DurableExecutionArn: arn,
          MaxItems: 1000,
          IncludeExecutionData: true,
          ...(marker === undefined ? {} : { Marker: marker }),
        }),
      );
      events.push(...(page.Events ?? []));
      marker = page.NextMarker;
    } while (marker !== undefined && marker !== "");
    return events;
  }

  /** Resolves once the history has such an event. */
  async untilEvent(arn: string, matches: (event: Event) => boolean): Promise<void> {
    await until("an event", async () => (await this.history(arn)).some(matches));
  }

  /** Answers the reviewer's callback, as soon as it waits for an answer. */
  async approve(arn: string): Promise<void> {
    let callbackId: string | undefined;
    await until("the request for approval", async () => {
      const started = (await this.history(arn)).find(({ EventType }) => EventType === "CallbackStarted");
      callbackId = started?.CallbackStartedDetails?.CallbackId;
      return callbackId !== undefined;
    });
    const Result = JSON.stringify({ approved: true, by: "Ada" });
    await this.#lambda.send(new SendDurableExecutionCallbackSuccessCommand({ CallbackId: callbackId, Result }));
  }

  async untilEnded(arn: string): Promise<GetDurableExecutionCommandOutput> {
    let described: GetDurableExecutionCommandOutput | undefined;
    await until("the end", async () => {
      described = await this.describe(arn);
      return described.Status !== "RUNNING";
    });
    return described as GetDurableExecutionCommandOutput;
  }
}

/** Below the root, from where wrangler finds the packages. */
export function temporaryFolder(name: string): string {
  mkdirSync(join(root, ".perdure"), { recursive: true });
  return mkdtempSync(join(root, ".perdure", `test-${name}-`));
}

/** Asks again and again, with patience for a slow machine. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await new Promise((next) => setTimeout(next, 50));
  }
}
