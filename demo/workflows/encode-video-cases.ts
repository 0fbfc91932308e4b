/** Every end that encode-video can take, as data: the same cases run on perdure and on AWS's own SDK. */

import type { EncodeRequest } from "./encode-video.ts";

export interface EncodeCase {
  readonly name: string;
  readonly event: EncodeRequest;
  /** The height of the source in pixels, if it is there. */
  readonly height?: string;
  /** What the reviewer answers: the result of the callback named "approval". */
  readonly answer?: string;
  /** What the result must contain. */
  readonly result: Readonly<Record<string, unknown>>;
  /** How often each is asked for. */
  readonly calls: Readonly<Record<string, number>>;
  /** Names of operations in the order of their first start. */
  readonly operations: readonly string[];
}

const bucket = "media";
const toJob = ["find source", "identify request", "find endpoint", "measure source", "create job", "finish job"];
const toApproval = [...toJob, "derive", "derive poster", "derive captions", "derive report", "approval"];

export const encodeCases: readonly EncodeCase[] = [
  {
    name: "publishes what the reviewer approves",
    event: { bucket, key: "shows/talk.mov" },
    height: "1080",
    answer: '{"approved":true,"by":"Ada"}',
    result: { status: "succeeded", approvedBy: "Ada", published: { length: 3 } },
    calls: { "mediaconvert:CreateJob": 1, "mediaconvert:GetJob": 3, "s3:HeadObject": 3, "s3:PutObject": 7 },
    operations: [...toApproval, "publish", "publish to web", "publish to mobile", "publish to archive"],
  },
  {
    name: "books acceleration for a large source",
    event: { bucket, key: "large.mov", channels: ["web"] },
    height: "2160",
    answer: '{"approved":true}',
    result: { status: "succeeded", approvedBy: "unknown", published: { length: 1 } },
    calls: { "s3:PutObject": 6 },
    operations: [...toApproval.slice(0, 4), "book acceleration", ...toApproval.slice(4), "publish", "publish to web"],
  },
  {
    name: "fails when the source does not arrive",
    event: { bucket, key: "never.mov" },
    result: { status: "failed", reason: "never.mov did not arrive in media" },
    calls: { "s3:HeadObject": 10, "mediaconvert:CreateJob": 0 },
    operations: ["find source"],
  },
  {
    name: "fails with the job's message when the job fails",
    event: { bucket, key: "broken.mov" },
    height: "720",
    result: { status: "failed", reason: "The input file cannot be decoded." },
    calls: { "mediaconvert:CreateJob": 1, "mediaconvert:GetJob": 3, "s3:PutObject": 0 },
    operations: toJob,
  },
  {
    name: "fails when the job takes too long",
    event: { bucket, key: "endless.mov" },
    height: "720",
    result: { status: "failed", reason: "not encoded after 10 looks" },
    calls: { "mediaconvert:GetJob": 10 },
    operations: toJob,
  },
  {
    name: "publishes nothing that the reviewer rejects",
    event: { bucket, key: "dull.mov" },
    height: "720",
    answer: '{"approved":false,"reason":"too long"}',
    result: { status: "rejected", reason: "too long" },
    calls: { "s3:PutObject": 4 },
    operations: toApproval,
  },
  {
    name: "publishes nothing when the answer makes no sense",
    event: { bucket, key: "odd.mov" },
    height: "720",
    answer: "yes please",
    result: { status: "rejected", reason: "the answer was not JSON" },
    calls: { "s3:PutObject": 4 },
    operations: toApproval,
  },
  {
    name: "publishes nothing when nobody answers",
    event: { bucket, key: "forgotten.mov", pace: { approval: { seconds: 2 } } },
    height: "720",
    result: { status: "rejected", reason: "nobody answered in time" },
    calls: { "s3:PutObject": 4 },
    operations: toApproval,
  },
];
