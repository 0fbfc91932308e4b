/**
 * In place of `@aws-sdk/client-lambda` for Workers and browsers, by the `#lambda-client` import of package.json. They
 * never run on Lambda, and a bundler would otherwise add the whole client to their code wherever it is installed.
 */
export {};
