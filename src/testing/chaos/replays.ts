import { Performer } from "./performer.ts";
import type { Program } from "./act.ts";
import type { Chronicle } from "./chronicle.ts";
import type { Recorded } from "./recorded.ts";
import type { SeededRandom } from "../seeded-random.ts";
import { replayLog } from "../replay-log.ts";
import { parseExecutionArn } from "../../lambda-compat/arn.ts";
import { withDurableExecution } from "../../lambda-compat/with-durable-execution.ts";

/** Commits up to which a log is replayed from each of them. */
const ALL = "ALL";

/** The number of prefixes of each log that are replayed besides the whole. */
export type Prefixes = number | typeof ALL;

/** Replays prefixes of a log by code that does nothing but replay, and tells what differs from what was seen live (P3). */
export async function differences(
  recorded: Recorded,
  { chronicle, random, prefixes }: { chronicle: Pick<Chronicle, "replay">; random: SeededRandom; prefixes: Prefixes },
): Promise<string[]> {
  const wrong: string[] = [];
  if (recorded.corruption !== undefined) return wrong;
  for (const length of chosen(recorded.log.length, random, prefixes)) {
    const handler = withDurableExecution((program: Program, context) => {
      const incarnation = parseExecutionArn(context.executionContext.durableExecutionArn)?.incarnation ?? "";
      const onWrong = (what: string): void => void wrong.push(`${recorded.id} replayed to commit ${length}: ${what}`);
      const deeds = chronicle.replay(incarnation, onWrong, recorded.rewindsBy(length) > 0);
      const host = { now: () => 0, timer: () => () => undefined };
      return new Performer({ program, incarnation, deeds, host }).run(context);
    });
    const report = await replayLog(recorded.log.slice(0, length), handler);
    if (!report.matches) wrong.push(`${recorded.id} does not replay from commit ${report.seq}: ${report.difference}`);
    if (wrong.length > 0) return wrong;
  }
  return wrong;
}

function chosen(length: number, random: SeededRandom, prefixes: Prefixes): readonly number[] {
  if (prefixes === ALL) return Array.from({ length }, (_, index) => index + 1);
  return [...Array.from({ length: prefixes }, () => 1 + random.below(length)), length];
}
