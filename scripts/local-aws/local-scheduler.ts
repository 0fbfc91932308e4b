/** EventBridge Scheduler for one-time schedules that send a message: over HTTP on loopback, for AWS's own client. */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { SendMessageCommand, type SendMessageCommandInput, type SQSClient } from "@aws-sdk/client-sqs";

export interface LocalSchedulerOptions {
  /** The client of the queue for its messages. */
  readonly sqs: SQSClient;
  /** Keeps schedules from one start to the next; in memory by default. */
  readonly file?: string;
  /** Its clock, ms since the epoch, which a test may move; `Date.now` by default. */
  readonly now?: () => number;
}

interface Schedule {
  readonly name: string;
  readonly at: number;
  readonly message: SendMessageCommandInput;
}

const LOOK_MS = 100;

export class LocalScheduler {
  /** The address for other clients. */
  readonly endpoint: string;
  readonly client: SchedulerClient;
  readonly #options: LocalSchedulerOptions;
  readonly #server: Server;
  readonly #schedules = new Map<string, Schedule>();
  readonly #ticking: NodeJS.Timeout;

  private constructor(options: LocalSchedulerOptions, server: Server) {
    const { port } = server.address() as AddressInfo;
    this.#options = options;
    this.#server = server;
    this.endpoint = `http://127.0.0.1:${port}`;
    this.client = new SchedulerClient({
      endpoint: this.endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "local", secretAccessKey: "local" },
    });
    for (const schedule of kept(options.file)) this.#schedules.set(schedule.name, schedule);
    server.on("request", (request, response) => void this.#answer(request, response));
    this.#ticking = setInterval(() => void this.#fire(), LOOK_MS);
  }

  static async start(options: LocalSchedulerOptions): Promise<LocalScheduler> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new LocalScheduler(options, server);
  }

  /** The names of the schedules that are to come. */
  get names(): readonly string[] {
    return [...this.#schedules.keys()];
  }

  async stop(): Promise<void> {
    clearInterval(this.#ticking);
    this.client.destroy();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const name = decodeURIComponent(/^\/schedules\/([^/]+)$/.exec(pathname)?.[1] ?? "");
    if (request.method === "POST") this.#create(name, Buffer.concat(chunks).toString("utf8"), response);
    else if (request.method === "DELETE" && !this.#schedules.has(name))
      refuse(response, 404, "ResourceNotFoundException");
    else if (request.method === "DELETE") {
      this.#schedules.delete(name);
      this.#keep();
      respond(response, 200, {});
    } else refuse(response, 400, "ValidationException");
  }

  #create(name: string, body: string, response: ServerResponse): void {
    if (this.#schedules.has(name)) return refuse(response, 409, "ConflictException");
    const { ScheduleExpression, Target } = JSON.parse(body) as {
      ScheduleExpression: string;
      Target: { Input: string };
    };
    const time = /^at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)$/.exec(ScheduleExpression)?.[1];
    const message = JSON.parse(Target.Input) as SendMessageCommandInput;
    if (name.length > 64 || time === undefined) return refuse(response, 400, "ValidationException");
    this.#schedules.set(name, { name, at: Date.parse(`${time}Z`), message });
    this.#keep();
    respond(response, 200, { ScheduleArn: `arn:aws:scheduler:us-east-1:000000000000:schedule/perdure/${name}` });
  }

  /** When its clock was moved past the delay too, what is left of that is none. */
  async #fire(): Promise<void> {
    const { sqs, now = Date.now } = this.#options;
    const due = [...this.#schedules.values()].filter(({ at }) => at <= now());
    for (const { name, at, message } of due) {
      this.#schedules.delete(name);
      const left = Math.ceil((at + 1000 * (message.DelaySeconds ?? 0) - now()) / 1000);
      await sqs.send(new SendMessageCommand({ ...message, DelaySeconds: Math.max(left, 0) }));
    }
    if (due.length > 0) this.#keep();
  }

  #keep(): void {
    const { file } = this.#options;
    if (file !== undefined) writeFileSync(file, JSON.stringify([...this.#schedules.values()]));
  }
}

function kept(file: string | undefined): readonly Schedule[] {
  return file !== undefined && existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Schedule[]) : [];
}

function respond(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
}

function refuse(response: ServerResponse, status: number, type: string): void {
  response.setHeader("x-amzn-errortype", type);
  respond(response, status, { Message: type });
}
