/** The bucket in which `createLambdaHost` keeps large payloads, if it is given one. */

import type { Duration, RemovalPolicy } from "aws-cdk-lib";
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from "aws-cdk-lib/aws-s3";
import type { Construct } from "constructs";

/** The properties of the bucket for large payloads. */
export interface OffloadBucketProps {
  /**
   * When S3 deletes an object by itself, which is for what nobody has removed: later than the longest execution and its
   * retention together, or executions lose what they have recorded. Never by default.
   */
  readonly expireAfter?: Duration;
}

export function createBucket(
  scope: Construct,
  removalPolicy: RemovalPolicy,
  { expireAfter }: OffloadBucketProps,
): Bucket {
  return new Bucket(scope, "Payloads", {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    encryption: BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    // A bucket that has objects is not deleted.
    removalPolicy,
    ...(expireAfter !== undefined && { lifecycleRules: [{ expiration: expireAfter }] }),
  });
}
