import { AwsMemoryService } from "../aws-memory-service.ts";
import type { Context, Marks } from "../programs.ts";

/** Runs a program with AWS's SDK, as an execution of its own. */
export async function runOnAws(
  program: (size: number, context: Context) => Promise<Marks>,
  size: number,
): Promise<Marks> {
  const output = await new AwsMemoryService(size).invoke(program);
  if (output.Status !== "SUCCEEDED") throw new Error(`the program failed: ${JSON.stringify(output)}`);
  return JSON.parse(output.Result ?? "") as Marks;
}
