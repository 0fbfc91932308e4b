/** The first lines of an emulator, for the person who starts it: every line can be pasted as it is. */

import type { LocalHost } from "../homes/local/local-host.ts";
import { KEYS_HELP } from "./dev-keys.ts";

export interface WelcomeOptions {
  /** The folder of the emulator's state, quoted for the shell. */
  readonly folder: string;
  /** It listens to other machines too. */
  readonly isOpen: boolean;
  readonly sam: boolean;
}

export function devWelcome(host: LocalHost, { folder, isOpen, sam }: WelcomeOptions): string {
  const { url, credential, functions } = host;
  const [first] = functions.filter(({ kind }) => kind === "durable");
  const name = first?.name ?? "FUNCTION";
  const lines = functions.map(({ name: own, kind }) =>
    kind === "durable"
      ? `  ${own}`
      : `  ${own} (not durable: withDurableExecution did not make it; others may invoke it)`,
  );
  return [
    `perdure dev is ready at ${url}`,
    "",
    ...lines,
    ...(isOpen ? ["", "It listens to other machines too: whoever has the credential may run your code."] : []),
    ...(sam ? ["", samLine(url)] : []),
    "",
    `State and credential are in ${folder}, for you alone. In another terminal:`,
    "",
    `  npx perdure invoke ${name} '{}'`,
    "  npx perdure list",
    "  npx perdure skip 1h",
    "",
    "AWS's CLI and SDKs:",
    "",
    `  export AWS_ENDPOINT_URL_LAMBDA=${url} AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1`,
    `  export AWS_ACCESS_KEY_ID=${credential.sigv4.accessKeyId} AWS_SECRET_ACCESS_KEY=${credential.sigv4.secretAccessKey}`,
    `  echo '{}' | aws lambda invoke --function-name '${name}:$LATEST' --payload fileb:///dev/stdin out.json`,
    "",
    `What runs, in a browser (a link for one use): ${host.consoleLink()}`,
    ...(process.stdin.isTTY ? ["", KEYS_HELP] : []),
    "",
  ].join("\n");
}

function samLine(url: string): string {
  const port = new URL(url).port;
  return `Programs of this machine need no credential (--sam). For sam local: export DURABLE_EXECUTIONS_EXTERNAL_EMULATOR_PORT=${port}`;
}
