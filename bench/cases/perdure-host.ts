import { createMemoryHost } from "../../src/homes/memory/index.ts";
import { withDurableExecution } from "../../src/lambda-compat/index.ts";
import type { Context, Marks } from "../programs.ts";

/** Runs programs in the memory of this process, each as an execution of its own. */
export class PerdureHost {
  readonly #program: (size: number, context: Context) => Promise<Marks>;
  readonly #host: ReturnType<typeof createMemoryHost>;

  constructor(program: (size: number, context: Context) => Promise<Marks>) {
    this.#program = program;
    const bench = withDurableExecution((event: number, context) => this.#program(event, context));
    this.#host = createMemoryHost({ functions: { bench } });
  }

  async run(size: number): Promise<Marks> {
    const { client } = this.#host;
    const { execution } = await client.start({ functionName: "bench", input: String(size) });
    const { result, error } = await client.settled(execution.id, Date.now() + 600_000);
    if (result === undefined) throw new Error(`the program failed: ${JSON.stringify(error)}`);
    return JSON.parse(result) as Marks;
  }
}
