/**
 * In place of `with-lambda-client.ts` for Workers and browsers, by the `#lambda-client` import of package.json. They
 * never run on Lambda, and a bundler would otherwise add the whole client to their code wherever it is installed.
 */
export async function importLambdaClient(): Promise<never> {
  throw new Error("This runtime's bundle leaves AWS's client for the Lambda API out: set durableExecutionClient.");
}
