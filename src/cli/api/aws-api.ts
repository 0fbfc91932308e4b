/** AWS itself, through AWS's own client, with the credentials and the region that the client finds. */

import { CommandError, ExitCode, usageError } from "../failures.ts";
import type { Api } from "./api.ts";
import type { Answers, Input, Operation } from "./operations.ts";

/** As much of `@aws-sdk/client-lambda` as is used. */
type AwsModule = {
  readonly LambdaClient: new (config: object) => { send(command: object): Promise<object> };
} & { readonly [Name in Operation as `${Name}Command`]?: new (input: Input) => object };

interface AwsFailure {
  readonly name?: string;
  readonly message?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

export class AwsApi implements Api {
  readonly isAws = true;
  readonly place = "AWS";
  readonly #module: AwsModule;
  readonly #client: { send(command: object): Promise<object> };

  constructor(module: AwsModule, region: string | undefined) {
    this.#module = module;
    this.#client = new module.LambdaClient(region === undefined ? {} : { region });
  }

  async call<Name extends Operation>(operation: Name, input: Input): Promise<Answers[Name]> {
    const command: keyof AwsModule = `${operation}Command`;
    const Command = this.#module[command];
    if (Command === undefined) {
      throw usageError(
        `This @aws-sdk/client-lambda has no ${operation}: it is older than durable functions. Update it.`,
      );
    }
    try {
      return (await this.#client.send(new Command(input))) as Answers[Name];
    } catch (error) {
      throw refusal(error as AwsFailure);
    }
  }

  own(): Promise<unknown> {
    return Promise.reject(notOnAws());
  }

  commits(): AsyncIterable<string> {
    throw notOnAws();
  }
}

/** @throws {CommandError} USAGE where AWS's client is not installed. */
export async function openAws(region: string | undefined): Promise<Api> {
  const { importLambdaClient } = await import("../../lambda-compat/with-lambda-client.ts");
  try {
    const module: unknown = await importLambdaClient();
    return new AwsApi(module as AwsModule, region);
  } catch {
    throw usageError("For AWS itself the package @aws-sdk/client-lambda is needed: npm install @aws-sdk/client-lambda");
  }
}

function notOnAws(): CommandError {
  return usageError("AWS has nothing like this: it is for an emulator or a Worker.");
}

function refusal({ name = "Error", message = "", $metadata }: AwsFailure): CommandError {
  if (/Region is missing/.test(message)) return usageError("AWS has regions: give --region, or set AWS_REGION.");
  const status = $metadata?.httpStatusCode;
  const isAnswer = status !== undefined && status !== 401 && status !== 403;
  const exitCode = isAnswer ? ExitCode.REFUSED : ExitCode.UNREACHABLE;
  const isPassing = status === 429 || (status ?? 0) >= 500;
  return new CommandError(exitCode, `${name}: ${message}`, { isPassing });
}
