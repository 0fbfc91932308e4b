import { withDurableExecution } from "../../../../src/lambda-compat/with-durable-execution.ts";
import { type Program, programs } from "./programs.ts";

const durable = (program: Program) => withDurableExecution(program as never);

export const tour = durable(programs.tour);
export const slow = durable(programs.slow);
export const lodger = durable(programs.lodger);
export const graph = durable(programs.graph);
