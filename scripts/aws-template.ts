/**
 * `npm run aws:template` writes deploy/cloudformation.json: the construct of `perdure/aws-cdk` as one template, for people
 * who do not use CDK. The code of the functions is a bundle in S3, named by parameters.
 */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  App,
  BootstraplessSynthesizer,
  CfnOutput,
  CfnParameter,
  Duration,
  type IStackSynthesizer,
  Stack,
} from "aws-cdk-lib";
import { Code } from "aws-cdk-lib/aws-lambda";
import { Bucket } from "aws-cdk-lib/aws-s3";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { DurableLambdaHost } from "../src/aws-cdk/index.ts";
import { root } from "./command.ts";

export const templatePath: string = join(root, "deploy", "cloudformation.json");

/** The template's text. CDK writes files of its own, which nobody reads. */
export function synthesizeTemplate(): string {
  const outdir = mkdtempSync(join(tmpdir(), "perdure-template-"));
  try {
    return synthesized(outdir);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

function synthesized(outdir: string): string {
  const app = new App({ analyticsReporting: false, treeMetadata: false, outdir });
  const description = "Durable functions on Lambda and DynamoDB, by perdure/aws.";
  // CDK's own types do not fit each other where undefined is told from absent.
  const synthesizer = new BootstraplessSynthesizer() as IStackSynthesizer;
  const stack = new Stack(app, "Perdure", { description, synthesizer });
  const parameter = (name: string, description: string): string =>
    new CfnParameter(stack, name, { description }).valueAsString;
  const bucket = Bucket.fromBucketName(stack, "Code", parameter("CodeBucket", "The S3 bucket that holds the bundle."));
  const key = parameter("CodeKey", "The key of the bundle, a zip file: index.js exports queue, sweeper and http.");
  const secret = parameter("CredentialsArn", "The ARN of the secret whose text is the JSON list of credentials.");
  const { url } = new DurableLambdaHost(stack, "Host", {
    code: Code.fromBucketV2(bucket, key),
    timeout: Duration.minutes(1),
    offload: {},
    credentials: Secret.fromSecretCompleteArn(stack, "Credentials", secret),
  });
  if (url !== undefined) new CfnOutput(stack, "Url", { value: url.url, description: "AWS_ENDPOINT_URL_LAMBDA." });
  const template: unknown = app.synth().getStackByName(stack.stackName).template;
  return `${JSON.stringify(template, null, 2)}\n`;
}

if (process.argv[1] === import.meta.filename) writeFileSync(templatePath, synthesizeTemplate());
