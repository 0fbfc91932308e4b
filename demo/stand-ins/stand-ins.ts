/** S3 and MediaConvert on this machine, for the example workflows and their tests. */

import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { CallLog } from "./call-log.ts";
import { serveOnLoopback } from "./loopback-server.ts";
import { MediaConvert, type FinishedJob, type Progress } from "./media-convert.ts";
import { ObjectStore } from "./object-store.ts";

export interface StandInsOptions {
  /** Any free port by default. */
  readonly objectStorePort?: number;
  /** Any free port by default. */
  readonly mediaConvertPort?: number;
  /** When a job is done; default at the third poll. */
  readonly progress?: Progress;
  /** A file that keeps objects and jobs for the next start. Nothing is kept by default. */
  readonly stateFile?: string;
}

export interface StandIns {
  readonly objectStoreUrl: string;
  readonly mediaConvertUrl: string;
  readonly objectStore: ObjectStore;
  readonly mediaConvert: MediaConvert;
  readonly log: CallLog;
  /** What a workflow needs in its environment to reach them with AWS's clients. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export async function startStandIns(options: StandInsOptions = {}): Promise<StandIns> {
  const log = new CallLog();
  const save = (): void => {
    if (options.stateFile === undefined) return;
    writeWhole(options.stateFile, JSON.stringify({ objects: objectStore.dump(), jobs: mediaConvert.dump() }));
  };
  const objectStore = new ObjectStore(log, save);
  const mediaConvert = new MediaConvert(log, {
    ...(options.progress === undefined ? {} : { progress: options.progress }),
    onComplete: (job) => writeOutput(objectStore, job),
    changed: save,
  });
  if (options.stateFile !== undefined) restore(options.stateFile, objectStore, mediaConvert);
  const s3 = await serveOnLoopback(objectStore.handle, options.objectStorePort ?? 0);
  const media = await serveOnLoopback(mediaConvert.handle, options.mediaConvertPort ?? 0).catch(async (error) => {
    await s3.close();
    throw error;
  });
  return {
    objectStoreUrl: s3.url,
    mediaConvertUrl: media.url,
    objectStore,
    mediaConvert,
    log,
    environment: environmentFor(s3.url, media.url),
    close: async () => {
      await Promise.all([s3.close(), media.close()]);
    },
  };
}

function environmentFor(objectStoreUrl: string, mediaConvertUrl: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL_S3: objectStoreUrl,
    AWS_ENDPOINT_URL_MEDIACONVERT: mediaConvertUrl,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "stand-in",
    AWS_SECRET_ACCESS_KEY: "stand-in",
  };
}

/** A job leaves a file behind, so that whoever reads its output finds one. */
function writeOutput(objectStore: ObjectStore, job: FinishedJob): void {
  const { hostname: bucket, pathname } = new URL(job.output);
  const body = `The encoded form of ${job.input}\n`;
  objectStore.put(bucket, decodeURIComponent(pathname.slice(1)), { body, contentType: "video/mp4" });
}

function restore(stateFile: string, objectStore: ObjectStore, mediaConvert: MediaConvert): void {
  if (!existsSync(stateFile)) return;
  const { objects, jobs } = JSON.parse(readFileSync(stateFile, "utf8")) as { objects: unknown; jobs: unknown };
  objectStore.restore(objects);
  mediaConvert.restore(jobs);
}

function writeWhole(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.partial`, text);
  renameSync(`${path}.partial`, path);
}
