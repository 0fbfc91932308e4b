/** The faces that the commands speak to, as users have them: an emulator, a Worker, Lambda with DynamoDB. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { HttpGateway } from "../../scripts/local-aws/http-gateway.ts";
import { credential, LocalAws } from "../aws/lambda-world.ts";
import { startWorkerd } from "../e2e/local-workerd.ts";
import { greet, order } from "./command-functions.ts";
import { Emulator, Project } from "./emulator.ts";

/** The file of the functions that each face runs. */
export const FUNCTIONS: string = join(import.meta.dirname, "command-functions.ts");

export interface CommandFace {
  readonly url: string;
  /** The options by which a command finds it. */
  readonly place: readonly string[];
  /** The bearer token, where it is not found by the place. */
  readonly token?: string;
  close(): Promise<void>;
}

async function emulator(): Promise<CommandFace> {
  const project = new Project();
  project.write("flows.ts", `export { greet, order } from ${JSON.stringify(pathToFileURL(FUNCTIONS).href)};\n`);
  const running = await Emulator.start(project, ["./flows.ts"]);
  return {
    url: running.url,
    place: ["--data", project.path(".perdure")],
    async close() {
      await running.end("SIGKILL");
      project.remove();
    },
  };
}

const WORKER = `
  import { createWorker } from "./src/homes/cloudflare/index.ts";
  import { greet, order } from "./test/cli/command-functions.ts";

  const app = createWorker({ functions: { greet, order } });
  export default { fetch: app.fetch };
  export const Execution = app.Execution;
  export const Directory = app.Directory;
`;

async function worker(): Promise<CommandFace> {
  const folder = mkdtempSync(join(tmpdir(), "perdure-commands-"));
  const workerd = await startWorkerd(folder, WORKER);
  return {
    url: workerd.url,
    place: ["--url", workerd.url],
    token: workerd.token,
    async close() {
      await workerd.kill();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function lambda(): Promise<CommandFace> {
  const services = await LocalAws.start();
  const ends: (() => unknown)[] = [];
  const world = await services.open({ onTestFinished: (end) => void ends.push(end as () => unknown) });
  const host = world.host({ greet, order });
  world.serve(host);
  const gateway = await HttpGateway.start({ call: host.handlers.http });
  return {
    url: gateway.url,
    place: ["--url", gateway.url],
    token: credential.bearer,
    async close() {
      await gateway.stop();
      for (const end of ends.reverse()) await end();
      await services.stop();
    },
  };
}

export const COMMAND_FACES: readonly (readonly [name: string, open: () => Promise<CommandFace>])[] = [
  ["the emulator", emulator],
  ["a Worker", worker],
  ["Lambda with DynamoDB", lambda],
];
