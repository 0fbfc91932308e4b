import type { Host } from "../../engine/ports/host.ts";
import { ClientError, type ExecutionClient } from "../../engine/runner/client.ts";
import type { Faults } from "./faults.ts";
import type { Gate } from "./gate.ts";
import type { Request } from "./request.ts";
import { isWithdrawn } from "./withdrawn.ts";
import type { Story } from "./story.ts";

const RETRY_MS = 1_000;
const LONGEST_PATIENCE_MS = 30_000;
const SHORTEST_PATIENCE_MS = 500;
const DOUBLED = 0.04;

/** A system as clients see it. */
export interface Approachable {
  readonly faults: Faults;
  readonly story: Pick<Story, "tell">;
  readonly world: Host;
  /** Any process that lives; undefined if none does. */
  choose(): { readonly gate: Gate; readonly client: ExecutionClient } | undefined;
}

interface Open {
  readonly what: string;
  /** The pause before the request is sent again, in ms. */
  retryMs: number;
}

/**
 * Clients of the system: outside all processes, so that no crash touches them. They ask some process, give up on it
 * when it does not answer, and ask another one, until they are answered.
 */
export class Outside {
  readonly #system: Approachable;
  readonly #open = new Map<object, Open>();

  constructor(system: Approachable) {
    this.#system = system;
  }

  /** The requests that were not answered yet, in words. */
  get unanswered(): readonly string[] {
    return [...this.#open.values()].map(({ what }) => what);
  }

  ask<T>(request: Request<T>): void {
    const { faults, story } = this.#system;
    story.tell(`the outside asks: ${request.what}`);
    this.#open.set(request, { what: request.what, retryMs: request.retryMs ?? RETRY_MS });
    this.#try(request);
    if (faults.happens("request doubled", DOUBLED)) this.#try(request);
  }

  #try<T>(request: Request<T>): void {
    if (!this.#open.has(request)) return;
    const { faults, world } = this.#system;
    const process = this.#system.choose();
    if (process === undefined) return this.#again(request);
    let isOver = false;
    const sentAt = world.now();
    const patience = SHORTEST_PATIENCE_MS + faults.random.below(LONGEST_PATIENCE_MS);
    const giveUp = world.timer(sentAt + patience, () => {
      isOver = true;
      if (!this.#open.has(request)) return;
      faults.count("request repeated");
      this.#try(request);
    });
    process.gate.enter(() => {
      if (isWithdrawn(sentAt, this.#system)) return;
      request
        .send(process.client)
        .then(
          (answer) => this.#done(request, answer),
          (error: unknown) => this.#failed(request, error, isOver),
        )
        .finally(giveUp);
    });
  }

  #done<T>(request: Request<T>, answer: T): void {
    request.done(answer);
    this.#open.delete(request);
  }

  #failed<T>(request: Request<T>, error: unknown, isOver: boolean): void {
    if (error instanceof ClientError && request.refused(error)) this.#open.delete(request);
    // Given up already, it has been asked again.
    else if (!isOver) this.#again(request);
  }

  #again<T>(request: Request<T>): void {
    const { world } = this.#system;
    const open = this.#open.get(request);
    if (open === undefined) return;
    world.timer(world.now() + open.retryMs, () => this.#try(request));
    // Nobody asks for days, every minute, for what no process that lives can do.
    open.retryMs *= 2;
  }
}
