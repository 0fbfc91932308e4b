/** AWS's own command, where it is installed, and what its version knows. */

import { spawnSync } from "node:child_process";

export interface AwsCommand {
  /** Why there is none; undefined when there is one. */
  readonly missing?: string;
  /** Why it does not take an address from the environment; undefined when it does. */
  readonly noAddress?: string;
  /** Why it cannot be asked about durable executions; undefined when it can. */
  readonly notDurable?: string;
}

/** `aws` on the PATH. */
export function findAwsCommand(): AwsCommand {
  const { stdout } = spawnSync("aws", ["--version"], { encoding: "utf8" });
  const [version, major, minor] = /aws-cli\/(\d+)\.(\d+)\S*/.exec(stdout ?? "") ?? [];
  if (version === undefined) {
    const missing = "AWS's command, aws, is not installed";
    return { missing, noAddress: missing, notDurable: missing };
  }
  const knowsAddresses = Number(minor) >= (major === "1" ? 29 : 13);
  const durable = spawnSync("aws", ["lambda", "get-durable-execution", "--generate-cli-skeleton"]).status === 0;
  return {
    ...(!knowsAddresses && { noAddress: `${version} does not know AWS_ENDPOINT_URL_LAMBDA` }),
    ...(!(knowsAddresses && durable) && { notDurable: `${version} does not know durable functions` }),
  };
}
