/**
 * A change of the execution's tags: a step that is over when it is called. Nothing waits for its record, so the step is
 * written with the next update; lost before that, it comes about again at the same place.
 */

import type { Operation } from "../../model/operation.ts";
import { type TagChanges, TAGS_SUB_TYPE } from "../../model/tags.ts";
import { CalledOperation, type CallOptions } from "../called-operation.ts";
import type { Scope } from "../scope.ts";
import type { Handover, Taker } from "../taker.ts";

export interface TagChangeOptions {
  readonly changes: TagChanges;
  /** Asked at the first run: why the change cannot be made. A refusal is recorded, and holds on replay. */
  refusal(changes: TagChanges): string | undefined;
}

/** Changes the tags; answers why the change was refused, or undefined. */
export function changeTags(scope: Scope, options: TagChangeOptions): string | undefined {
  return scope.isClosed ? undefined : new TagChange(scope, options).begin();
}

const NOTHING: Handover = { handOver: () => {} };

class TagChange extends CalledOperation<TagChangeOptions & CallOptions> implements Taker {
  readonly awaitsOutside = false;

  constructor(scope: Scope, options: TagChangeOptions) {
    super(scope, "STEP", { ...options, subType: TAGS_SUB_TYPE });
  }

  begin(): string | undefined {
    const { invocation } = this.scope;
    invocation.delivery.register(this.key, this);
    const refusal = this.stored === undefined ? this.#record() : refusalIn(this.stored);
    invocation.schedule();
    return refusal;
  }

  prepare(): Handover {
    return NOTHING;
  }

  #record(): string | undefined {
    const { options, scope } = this;
    if (scope.isRebuilding) return undefined;
    const refusal = options.refusal(options.changes);
    const update =
      refusal === undefined
        ? this.update("SUCCEED", { payload: JSON.stringify(options.changes) })
        : this.update("FAIL", { error: { errorType: "InvalidArgumentError", errorMessage: refusal } });
    scope.invocation.record(update, false);
    return refusal;
  }
}

function refusalIn({ status, error }: Operation): string | undefined {
  return status === "FAILED" ? (error?.errorMessage ?? "The tags were refused.") : undefined;
}
