/**
 * The flow of a team that took Lambda durable functions for Step Functions, in one file and as AWS's users write it:
 * clients without configuration, one handler, five stages. Only the import says perdure; with
 * "@aws/durable-execution-sdk-js" in its place it is AWS's. `encode-video.ts` has the same flow with more around it.
 */

import {
  CreateJobCommand,
  DescribeEndpointsCommand,
  GetJobCommand,
  MediaConvertClient,
} from "@aws-sdk/client-mediaconvert";
import { HeadObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { createRetryStrategy, type DurableContext, withDurableExecution } from "perdure";

export interface TranscodeEvent {
  readonly bucket: string;
  readonly key: string;
  /** The role that MediaConvert takes on. */
  readonly role: string;
}

export interface TranscodeResult {
  readonly status: "succeeded" | "failed";
  readonly reason?: string;
  readonly jobId?: string;
  /** `s3://bucket/key` */
  readonly output?: string;
}

const s3 = new S3Client({});
const mediaConvert = new MediaConvertClient({});
const MAX_CHECKS = 10;

interface SourceState {
  readonly attempt: number;
  readonly found: boolean;
}

interface JobState {
  readonly attempt: number;
  readonly status: string;
  readonly error?: string;
  readonly output?: string;
}

export const handler = withDurableExecution(
  async (event: TranscodeEvent, context: DurableContext): Promise<TranscodeResult> => {
    context.logger.info("looking for the source", { bucket: event.bucket, key: event.key });
    const source = await context.waitForCondition(
      "check-source",
      async (state: SourceState, check) => {
        const attempt = state.attempt + 1;
        try {
          await s3.send(new HeadObjectCommand({ Bucket: event.bucket, Key: event.key }));
          check.logger.info("the source is there", { attempt });
          return { attempt, found: true };
        } catch (error) {
          if ((error as Error).name !== "NotFound") throw error;
          check.logger.info("the source is not there yet", { attempt });
          return { attempt, found: false };
        }
      },
      {
        initialState: { attempt: 0, found: false },
        waitStrategy: (state) =>
          state.found || state.attempt >= MAX_CHECKS
            ? { shouldContinue: false }
            : { shouldContinue: true, delay: { seconds: 30 } },
      },
    );
    if (!source.found) return { status: "failed", reason: `no source after ${MAX_CHECKS} checks` };

    const endpoint = await context.step("get-endpoint", async (step) => {
      const { Endpoints } = await mediaConvert.send(new DescribeEndpointsCommand({}));
      const url = Endpoints?.[0]?.Url;
      if (url === undefined) throw new Error("MediaConvert has named no endpoint");
      step.logger.info("the endpoint is known", { url });
      return url;
    });

    const destination = `s3://${event.bucket}/encoded/${event.key.replace(/\.[^.]+$/, "")}`;
    const jobId = await context.step(
      "create-job",
      async (step) => {
        const { Job } = await new MediaConvertClient({ endpoint }).send(
          new CreateJobCommand({
            Role: event.role,
            Settings: {
              Inputs: [
                {
                  FileInput: `s3://${event.bucket}/${event.key}`,
                  AudioSelectors: { "Audio Selector 1": { DefaultSelection: "DEFAULT" } },
                },
              ],
              OutputGroups: [
                {
                  OutputGroupSettings: {
                    Type: "FILE_GROUP_SETTINGS",
                    FileGroupSettings: { Destination: destination },
                  },
                  Outputs: [
                    {
                      ContainerSettings: { Container: "MP4" },
                      VideoDescription: {
                        CodecSettings: {
                          Codec: "H_264",
                          H264Settings: { RateControlMode: "QVBR", MaxBitrate: 5_000_000 },
                        },
                      },
                      AudioDescriptions: [
                        {
                          CodecSettings: {
                            Codec: "AAC",
                            AacSettings: { Bitrate: 96_000, CodingMode: "CODING_MODE_2_0", SampleRate: 48_000 },
                          },
                        },
                      ],
                    },
                  ],
                },
              ],
            },
          }),
        );
        step.logger.info("the job is created", { jobId: Job?.Id });
        return Job?.Id;
      },
      { retryStrategy: createRetryStrategy({ maxAttempts: 3, backoffRate: 2, initialDelay: { seconds: 1 } }) },
    );
    if (jobId === undefined) return { status: "failed", reason: "MediaConvert has named no job" };

    const job = await context.waitForCondition(
      "check-job",
      async (state: JobState, check): Promise<JobState> => {
        const attempt = state.attempt + 1;
        const { Job } = await new MediaConvertClient({ endpoint }).send(new GetJobCommand({ Id: jobId }));
        const status = Job?.Status ?? "UNKNOWN";
        check.logger.info("looked at the job", { jobId, attempt, status });
        if (status === "ERROR") return { attempt, status, error: Job?.ErrorMessage ?? "no message" };
        const output = Job?.Settings?.OutputGroups?.[0]?.OutputGroupSettings?.FileGroupSettings?.Destination;
        return { attempt, status, ...(output !== undefined && { output }) };
      },
      {
        initialState: { attempt: 0, status: "SUBMITTED" },
        waitStrategy: (state) =>
          state.status === "COMPLETE" || state.status === "ERROR" || state.attempt >= MAX_CHECKS
            ? { shouldContinue: false }
            : { shouldContinue: true, delay: { seconds: 60 } },
      },
    );
    if (job.status === "ERROR") return { status: "failed", reason: job.error ?? "no message", jobId };
    if (job.status !== "COMPLETE") return { status: "failed", reason: `not encoded after ${MAX_CHECKS} checks`, jobId };

    const output = `${job.output ?? destination}.mp4`;
    context.logger.info("the video is encoded", { jobId, output });
    return { status: "succeeded", jobId, output };
  },
);
