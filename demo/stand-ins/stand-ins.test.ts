import { join } from "node:path";
import {
  CreateJobCommand,
  DescribeEndpointsCommand,
  GetJobCommand,
  MediaConvertClient,
  type CreateJobCommandInput,
} from "@aws-sdk/client-mediaconvert";
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterEach, expect, test } from "vitest";
import { startStandIns, type StandIns, type StandInsOptions } from "./stand-ins.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";

const credentials = { accessKeyId: "stand-in", secretAccessKey: "stand-in" };
const closers: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function start(options?: StandInsOptions): Promise<StandIns> {
  const standIns = await startStandIns(options);
  closers.push(() => standIns.close());
  return standIns;
}

function s3(standIns: StandIns): S3Client {
  return new S3Client({ endpoint: standIns.objectStoreUrl, region: "us-east-1", forcePathStyle: true, credentials });
}

function mediaConvert(standIns: StandIns): MediaConvertClient {
  return new MediaConvertClient({ endpoint: standIns.mediaConvertUrl, region: "us-east-1", credentials });
}

function job(file: string, token?: string): CreateJobCommandInput {
  return {
    Role: "arn:aws:iam::000000000000:role/encode",
    ...(token === undefined ? {} : { ClientRequestToken: token }),
    Settings: {
      Inputs: [{ FileInput: `s3://media/${file}` }],
      OutputGroups: [
        {
          OutputGroupSettings: { Type: "FILE_GROUP_SETTINGS", FileGroupSettings: { Destination: "s3://media/out/" } },
          Outputs: [{ NameModifier: "-hd", Extension: "mp4" }],
        },
      ],
    },
  };
}

test("an object comes back as it was put", async () => {
  const standIns = await start();
  standIns.objectStore.createBucket("media");
  const client = s3(standIns);
  const Key = "talks/größe & ümlaut 1.txt";
  const Metadata = { height: "1080" };
  await client.send(new PutObjectCommand({ Bucket: "media", Key, Body: "hello", ContentType: "text/plain", Metadata }));
  const head = await client.send(new HeadObjectCommand({ Bucket: "media", Key }));
  const got = await client.send(new GetObjectCommand({ Bucket: "media", Key }));
  expect(head).toMatchObject({ ContentLength: 5, ContentType: "text/plain", Metadata });
  expect(await got.Body?.transformToString()).toBe("hello");
  expect(standIns.objectStore.keys("media")).toEqual([Key]);
  expect(standIns.log.count("s3:PutObject", Key)).toBe(1);
});

test("a missing object and a missing bucket are S3's errors", async () => {
  const standIns = await start();
  standIns.objectStore.createBucket("media");
  const client = s3(standIns);
  await expect(client.send(new HeadObjectCommand({ Bucket: "media", Key: "none" }))).rejects.toMatchObject({
    name: "NotFound",
  });
  await expect(client.send(new GetObjectCommand({ Bucket: "media", Key: "none" }))).rejects.toMatchObject({
    name: "NoSuchKey",
  });
  await expect(client.send(new GetObjectCommand({ Bucket: "other", Key: "none" }))).rejects.toMatchObject({
    name: "NoSuchBucket",
  });
});

test("a conditional put leaves what is there", async () => {
  const standIns = await start();
  standIns.objectStore.put("media", "a", { body: "first" });
  const put = new PutObjectCommand({ Bucket: "media", Key: "a", Body: "second", IfNoneMatch: "*" });
  await expect(s3(standIns).send(put)).rejects.toMatchObject({ name: "PreconditionFailed" });
  expect(standIns.objectStore.get("media", "a")?.body.toString()).toBe("first");
});

test("a job goes from submitted to complete and leaves its output", async () => {
  const standIns = await start();
  const client = mediaConvert(standIns);
  const { Endpoints } = await client.send(new DescribeEndpointsCommand({}));
  expect(Endpoints?.[0]?.Url).toBe(standIns.mediaConvertUrl);
  const { Job } = await client.send(new CreateJobCommand(job("talk.mov")));
  const seen: unknown[] = [Job?.Status];
  for (let poll = 0; poll < 3; poll++) {
    seen.push((await client.send(new GetJobCommand({ Id: Job?.Id }))).Job?.Status);
  }
  expect(seen).toEqual(["SUBMITTED", "SUBMITTED", "PROGRESSING", "COMPLETE"]);
  expect(standIns.objectStore.keys("media")).toEqual(["out/talk-hd.mp4"]);
});

test("the same client request token is the same job", async () => {
  const standIns = await start();
  const client = mediaConvert(standIns);
  const first = await client.send(new CreateJobCommand(job("talk.mov", "token-1")));
  const again = await client.send(new CreateJobCommand(job("talk.mov", "token-1")));
  const other = await client.send(new CreateJobCommand(job("talk.mov", "token-2")));
  expect(again.Job?.Id).toBe(first.Job?.Id);
  expect(other.Job?.Id).not.toBe(first.Job?.Id);
  expect(standIns.log.count("mediaconvert:CreateJob")).toBe(3);
  expect(standIns.mediaConvert.jobCount).toBe(2);
});

test("the input's name decides how a job ends", async () => {
  const standIns = await start({ progress: { polls: 1 } });
  const client = mediaConvert(standIns);
  const broken = await client.send(new CreateJobCommand(job("broken.mov")));
  const endless = await client.send(new CreateJobCommand(job("endless.mov")));
  const poll = async (Id: string | undefined) => (await client.send(new GetJobCommand({ Id }))).Job;
  expect(await poll(broken.Job?.Id)).toMatchObject({ Status: "ERROR", ErrorCode: 1010 });
  expect(await poll(endless.Job?.Id)).toMatchObject({ Status: "PROGRESSING" });
});

test("a job that is not there, or lacks what it needs, is refused", async () => {
  const standIns = await start();
  const client = mediaConvert(standIns);
  await expect(client.send(new GetJobCommand({ Id: "none" }))).rejects.toMatchObject({ name: "NotFoundException" });
  const bare = new CreateJobCommand({ Role: "r", Settings: {} });
  await expect(client.send(bare)).rejects.toMatchObject({ name: "BadRequestException" });
});

test("a held request is counted and waits to be carried out", async () => {
  const standIns = await start();
  standIns.objectStore.createBucket("media");
  const hold = standIns.log.hold((call) => call.target.endsWith("slow"));
  const client = s3(standIns);
  const put = client.send(new PutObjectCommand({ Bucket: "media", Key: "slow", Body: "x" }));
  await hold.arrived;
  await client.send(new PutObjectCommand({ Bucket: "media", Key: "quick", Body: "x" }));
  expect(standIns.log.count("s3:PutObject", "slow")).toBe(1);
  expect(standIns.objectStore.keys("media")).toEqual(["quick"]);
  hold.release();
  await put;
  expect(standIns.objectStore.keys("media")).toEqual(["quick", "slow"]);
});

test("a state file carries objects and jobs over a restart", async () => {
  const folder = temporaryFolder("stand-ins");
  const stateFile = join(folder, "deep", "state.json");
  const before = await start({ stateFile });
  before.objectStore.put("media", "a", { body: Buffer.from([0, 255]), metadata: { height: "720" } });
  const { Job } = await mediaConvert(before).send(new CreateJobCommand(job("talk.mov", "token-1")));
  const after = await start({ stateFile });
  const again = await mediaConvert(after).send(new CreateJobCommand(job("talk.mov", "token-1")));
  expect(again.Job?.Id).toBe(Job?.Id);
  const kept = after.objectStore.get("media", "a");
  expect(kept).toMatchObject({ body: Buffer.from([0, 255]), metadata: { height: "720" } });
});
