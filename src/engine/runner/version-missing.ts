import { HaltReason } from "../model/execution.ts";
import type { ExecutionHeader } from "../model/execution.ts";
import type { CompletedOutput } from "./active-invocation.ts";
import type { RunnerSetup } from "./setup.ts";

/** The output of an invocation whose function is not registered in the version that the execution runs. */
export function versionMissing(
  { functions }: RunnerSetup,
  { functionName, version }: ExecutionHeader,
): CompletedOutput {
  const known = functions.versionsOf(functionName);
  const registered = known.length === 0 ? "no version of it is registered" : `registered versions: ${known.join(", ")}`;
  const errorMessage =
    `This execution runs version "${version}" of function "${functionName}", but ${registered}. ` +
    `Register that version again and resume, or resume with another version.`;
  return {
    status: "HALT",
    reason: HaltReason.VERSION_MISSING,
    error: { errorType: "VersionMissingError", errorMessage },
  };
}
