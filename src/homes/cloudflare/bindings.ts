import type { DirectoryRpc } from "../../adapters/durable-objects/directory-shards.ts";
import type { ObjectNamespace } from "../../adapters/durable-objects/object-namespace.ts";
import { type Credential, parseCredentials } from "../../lambda-compat/http/credentials.ts";
import type { ExecutionObjectRpc } from "./object-lines.ts";

/** The names of the Worker's bindings in its configuration. */
export interface BindingNames {
  /** The Durable Object namespace of the executions; `EXECUTIONS` by default. */
  readonly executions?: string;
  /** The Durable Object namespace of the directory; `DIRECTORY` by default. */
  readonly directory?: string;
  /** The secret with the credentials, a JSON list of `Credential`; `PERDURE_CREDENTIALS` by default. */
  readonly credentials?: string;
}

/** BINDING_MISSING for a binding or a secret that there is not, BINDING_INVALID for a secret that cannot be read. */
export type BindingErrorCode = "BINDING_MISSING" | "BINDING_INVALID";

/** The Worker is not configured as its code expects. The message says what is wrong and how to mend it, and no secret. */
export class BindingError extends Error {
  override readonly name = "BindingError";
  /** The reason. */
  readonly code: BindingErrorCode;

  constructor(code: BindingErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Looks bindings up by name, when they are needed: a Worker that takes no requests needs no credentials. */
export class Bindings {
  readonly #env: Readonly<Record<string, unknown>>;
  readonly #names: Required<BindingNames>;

  constructor(env: unknown, names: BindingNames = {}) {
    const { executions = "EXECUTIONS", directory = "DIRECTORY", credentials = "PERDURE_CREDENTIALS" } = names;
    this.#env = env as Readonly<Record<string, unknown>>;
    this.#names = { executions, directory, credentials };
  }

  get executions(): ObjectNamespace<ExecutionObjectRpc> {
    return this.#namespace(this.#names.executions);
  }

  get directory(): ObjectNamespace<DirectoryRpc> {
    return this.#namespace(this.#names.directory);
  }

  get credentials(): readonly Credential[] {
    const name = this.#names.credentials;
    const text = this.#env[name];
    if (typeof text !== "string") {
      throw new BindingError(
        "BINDING_MISSING",
        `The Worker has no secret ${name}: add it with "wrangler secret put ${name}", and for "wrangler dev" as a line ` +
          `${name}=[...] of the file .dev.vars beside wrangler.toml; "wrangler dev" reads that when it starts.`,
      );
    }
    return credentialsIn(text, name);
  }

  #namespace<Stub>(name: string): ObjectNamespace<Stub> {
    const binding = this.#env[name];
    if (typeof binding === "object" && binding !== null && "idFromName" in binding) {
      return binding as ObjectNamespace<Stub>;
    }
    throw new BindingError(
      "BINDING_MISSING",
      `The Worker has no Durable Object binding ${name}: add it under [[durable_objects.bindings]], and its class ` +
        "under new_sqlite_classes of [[migrations]].",
    );
  }
}

function credentialsIn(text: string, name: string): readonly Credential[] {
  try {
    return parseCredentials(text);
  } catch (error) {
    throw new BindingError("BINDING_INVALID", `The secret ${name} does not fit: ${(error as Error).message}`);
  }
}
