/**
 * The one place that names `@aws-sdk/client-lambda`, an optional peer: `#lambda-client` of package.json leads here.
 * Bundlers look at names in files and not at those in package.json, so one that is told to leave the package out finds
 * it here. And it is asked for inside `try`, which tells bundlers that it may be missing: that is found out at run time.
 */
export async function importLambdaClient(): Promise<object> {
  try {
    return await import("@aws-sdk/client-lambda");
  } catch (cause) {
    const what =
      "The Lambda API needs the package @aws-sdk/client-lambda, which could not be loaded: install it beside";
    throw new Error(`${what} perdure, or set durableExecutionClient.`, { cause });
  }
}
