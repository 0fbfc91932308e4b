/** A host of perdure's that has AWS's examples as its functions, in a process of its own: they write much. */

import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { newCredential } from "../local-settings.ts";
import { root } from "../command.ts";
import type { ExampleFile } from "./files.ts";
import type { Serving, ToServe } from "./serve-examples.ts";

export class ExampleHost {
  /** The environment with which the examples' tests run against the cloud. */
  readonly environment: Readonly<Record<string, string>>;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, environment: Readonly<Record<string, string>>) {
    this.#child = child;
    this.environment = environment;
  }

  static async start(files: readonly ExampleFile[]): Promise<ExampleHost> {
    const { sigv4 } = newCredential("examples");
    const child = fork(join(root, "scripts/aws-examples/serve-examples.ts"), {
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    child.send({ files, credential: { id: "examples", rights: ["admin"], sigv4 } } satisfies ToServe);
    const { url, names, left } = await serving(child);
    for (const { name, reason } of left) console.error(`The example ${name} is not among the functions: ${reason}`);
    return new ExampleHost(child, {
      NODE_ENV: "integration",
      LAMBDA_ENDPOINT: url,
      // Lambda starts durable executions of versions only.
      FUNCTION_NAME_MAP: JSON.stringify(Object.fromEntries(names.map((name) => [name, `${name}:$LATEST`]))),
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: sigv4.accessKeyId,
      AWS_SECRET_ACCESS_KEY: sigv4.secretAccessKey,
      AWS_SESSION_TOKEN: "",
    });
  }

  /** It then ends by itself, and leaves nothing behind. */
  close(): void {
    this.#child.disconnect();
  }
}

function serving(child: ChildProcess): Promise<Serving> {
  return new Promise((serves, fails) => {
    child.once("message", serves);
    child.once("exit", (code) => fails(new Error(`The host of the examples has ended with code ${code}`)));
  });
}
