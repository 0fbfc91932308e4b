import type { Operation, OperationSubType } from "perdure/engine";
import type { ExecutionView } from "../../../console/views/model/execution-view.ts";
import { operationAt } from "../../../console/views/model/execution-view.ts";
import type { Sites } from "./call-sites.ts";

/** One side of a breach of determinism, in words. */
export interface BreachSide {
  readonly what: string;
  readonly line: number | undefined;
}

export interface Breach {
  /** The position at which code and log part. */
  readonly id: string;
  readonly recorded: BreachSide;
  readonly attempted: BreachSide;
  readonly message: string;
}

/** The breach that halted an execution; undefined for one that is not halted by a breach. */
export function breachOf(view: ExecutionView, sites: Sites): Breach | undefined {
  const halt = view.header?.halt;
  if (halt?.reason !== "NON_DETERMINISM") return undefined;
  return partingOf(halt.error.errorMessage ?? "", view, sites);
}

/** The breach between code and log, read from the error's message. */
export function partingOf(message: string, view: ExecutionView, sites: Sites): Breach {
  const [, id = ""] = /(?:step|operation) "([\d-]+)"/i.exec(message) ?? [];
  const track = view.track(id);
  const operation = track === undefined ? undefined : operationAt(track, view.length);
  const [was, is] = [sites.recorded(id), sites.attempted(id)];
  return {
    id,
    message,
    recorded: {
      what: operation === undefined ? "nothing" : nameOf(methodOf(operation), operation.name),
      line: was?.line,
    },
    attempted: {
      what: is === undefined ? (/got (.*?)\. /.exec(message)?.[1] ?? "another call") : nameOf(is.method, is.name),
      line: is?.line,
    },
  };
}

const methods: Readonly<Record<OperationSubType, string>> = {
  Step: "step",
  Wait: "wait",
  Callback: "createCallback",
  RunInChildContext: "runInChildContext",
  Map: "map",
  MapIteration: "mapIteration",
  Parallel: "parallel",
  ParallelBranch: "parallelBranch",
  WaitForCallback: "waitForCallback",
  WaitForCondition: "waitForCondition",
  ChainedInvoke: "invoke",
};
const methodNames: Readonly<Partial<Record<string, string>>> = methods;

/** The method that makes operations of this kind. */
function methodOf({ subType, type }: Operation): string {
  const kind = subType ?? type;
  return methodNames[kind] ?? kind.charAt(0).toLowerCase() + kind.slice(1);
}

function nameOf(method: string, name: string | undefined): string {
  return name === undefined ? `${method}()` : `${method}("${name}")`;
}
