/** `perdure/aws-cdk`: what `perdure/aws` runs on, as a construct for AWS CDK. */

export { DurableLambdaHost, type DurableLambdaHostProps } from "./durable-lambda-host.ts";
export type { OffloadBucketProps } from "./offload-bucket.ts";
