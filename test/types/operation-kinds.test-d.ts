/**
 * Each type of operation has a call in the replay half and a method on the context. A key of `verdicts` that does not
 * compile names the types that lack one.
 */

import type { RecordedType } from "../../src/engine/model/operation.ts";
import type { callback } from "../../src/engine/replay/operations/callback.ts";
import type { chainedInvoke } from "../../src/engine/replay/operations/chained-invoke.ts";
import type { childContext } from "../../src/engine/replay/operations/child-context.ts";
import type { step } from "../../src/engine/replay/operations/step.ts";
import type { wait } from "../../src/engine/replay/operations/wait.ts";
import type { DurableContext } from "../../src/lambda-compat/types.ts";

/** What begins an operation of each type, given a scope. */
interface Calls {
  CONTEXT: typeof childContext;
  STEP: typeof step;
  WAIT: typeof wait;
  CALLBACK: typeof callback;
  CHAINED_INVOKE: typeof chainedInvoke;
}

/** What a handler calls for it. */
interface Methods {
  CONTEXT: DurableContext["runInChildContext"];
  STEP: DurableContext["step"];
  WAIT: DurableContext["wait"];
  CALLBACK: DurableContext["createCallback"];
  CHAINED_INVOKE: DurableContext["invoke"];
}

/** `true`, or the types that are missing. */
type Complete<Table> = [RecordedType] extends [keyof Table] ? true : Exclude<RecordedType, keyof Table>;

interface Verdicts {
  "every type has a call": Complete<Calls>;
  "every type has a method": Complete<Methods>;
}

export const verdicts: { readonly [Name in keyof Verdicts]: true } = {} as Verdicts;
