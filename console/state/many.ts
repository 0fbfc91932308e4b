/** The same done to many executions: by the face's calls for many, or one by one where it has none. */

import { doToMany, type ManyProgress, MOST_IN_CALL, type Outcome } from "../../src/lambda-compat/do-to-many.ts";
import { actOnMany, actOnOne, type ManyDeed } from "../api/deeds.ts";
import { type Face, isLacking, isPassing } from "../api/face.ts";
import type { ExecutionRow } from "../model/filter.ts";

export type RowProgress = ManyProgress<ExecutionRow>;

export interface ManyCall {
  readonly deed: ManyDeed;
  readonly rows: readonly ExecutionRow[];
  readonly onProgress: (progress: RowProgress) => void;
  /** Once it is aborted no further one is begun. */
  readonly signal: AbortSignal;
}

/** True for a face that has calls for many; known once it was asked. */
const known = new WeakMap<Face, boolean>();
/** As long as that is not known, and where it has none: so that progress is seen. */
const SMALL_PART = 8;
const SINGLE_CALLS_AT_A_TIME = 4;

export function doToRows(face: Face, { deed, rows, onProgress, signal }: ManyCall): Promise<RowProgress> {
  const send = async (part: readonly ExecutionRow[]): Promise<readonly Outcome<ExecutionRow>[]> =>
    (await sendTogether(face, deed, part)) ?? sendOneByOne(face, deed, { part, signal });
  const partSize = (): number => (known.get(face) === true ? MOST_IN_CALL : SMALL_PART);
  return doToMany(rows, { send, onProgress, signal, isPassing, partSize });
}

/** Undefined where the face has no such call. */
async function sendTogether(
  face: Face,
  deed: ManyDeed,
  part: readonly ExecutionRow[],
): Promise<readonly Outcome<ExecutionRow>[] | undefined> {
  if (known.get(face) === false) return undefined;
  try {
    const outcomes = await actOnMany(face, deed, part);
    known.set(face, true);
    return outcomes;
  } catch (error) {
    if (!isLacking(error)) throw error;
    known.set(face, false);
    return undefined;
  }
}

interface Part {
  readonly part: readonly ExecutionRow[];
  readonly signal: AbortSignal;
}

async function sendOneByOne(
  face: Face,
  deed: ManyDeed,
  { part, signal }: Part,
): Promise<readonly Outcome<ExecutionRow>[]> {
  const outcomes: Outcome<ExecutionRow>[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let item = part[next++]; item !== undefined && !signal.aborted; item = part[next++]) {
      const sent = actOnOne(face, deed, item.arn);
      outcomes.push(await sent.then(() => ({ item, status: "DONE" }) as const, failed(item)));
    }
  };
  await Promise.all(Array.from({ length: SINGLE_CALLS_AT_A_TIME }, work));
  return outcomes;
}

function failed(item: ExecutionRow): (error: unknown) => Outcome<ExecutionRow> {
  return (error) => ({ item, status: "FAILED", error });
}
