/**
 * Enough of AWS Elemental MediaConvert for the example workflows: endpoints, jobs that are created once per client
 * request token, and their progress. Nothing is encoded and signatures are not checked.
 */

import { randomInt } from "node:crypto";
import type { CallLog } from "./call-log.ts";
import type { StandInHandler, StandInRequest, StandInResponse } from "./loopback-server.ts";

/** How far a job has come: by how often it was asked for, or by the time since it was created. */
export type Progress = { readonly polls: number } | { readonly milliseconds: number };

export interface MediaConvertOptions {
  /** When a job is done. Half of the way it is SUBMITTED, then PROGRESSING. Default: at the third poll. */
  readonly progress?: Progress;
  readonly onComplete?: (job: FinishedJob) => void;
  readonly changed?: () => void;
}

export interface FinishedJob {
  /** `s3://bucket/key` of what was to be encoded. */
  readonly input: string;
  /** `s3://bucket/key` of what the job wrote. */
  readonly output: string;
}

interface Job {
  readonly id: string;
  readonly token: string | undefined;
  readonly createdAt: number;
  readonly request: JobRequest;
  polls: number;
  finished: boolean;
}

interface JobRequest {
  readonly role: string;
  readonly settings: {
    readonly inputs: readonly { readonly fileInput: string }[];
    readonly outputGroups: readonly {
      readonly outputGroupSettings: { readonly fileGroupSettings: { readonly destination: string } };
      readonly outputs: readonly { readonly nameModifier?: string; readonly extension?: string }[];
    }[];
  };
  readonly clientRequestToken?: string;
  readonly userMetadata?: Readonly<Record<string, string>>;
}

type JobStatus = "SUBMITTED" | "PROGRESSING" | "COMPLETE" | "ERROR";

const DEFAULT_PROGRESS: Progress = { polls: 3 };

/**
 * What becomes of a job is decided by the file name of its input: one that starts with `broken` ends in ERROR, one
 * that starts with `endless` never ends, any other is COMPLETE in the end.
 */
export class MediaConvert {
  readonly #jobs = new Map<string, Job>();
  readonly #log: CallLog;
  readonly #options: MediaConvertOptions;

  constructor(log: CallLog, options: MediaConvertOptions = {}) {
    this.#log = log;
    this.#options = options;
  }

  /** How many different jobs were created. */
  get jobCount(): number {
    return this.#jobs.size;
  }

  dump(): unknown {
    return [...this.#jobs.values()];
  }

  restore(dumped: unknown): void {
    for (const job of dumped as Job[]) this.#jobs.set(job.id, job);
  }

  readonly handle: StandInHandler = async (request) => {
    const [version, collection, id] = request.path;
    const route = `${request.method} /${collection}${id === undefined ? "" : "/{id}"}`;
    if (version !== "2017-08-29") return failure(404, "NotFoundException", "There is nothing at this address.");
    if (route === "POST /endpoints") return await this.#describeEndpoints(request);
    if (route === "POST /jobs") return await this.#createJob(request);
    if (route === "GET /jobs/{id}") return await this.#getJob(id ?? "");
    return failure(404, "NotFoundException", `This stand-in does not know ${route}.`);
  };

  async #describeEndpoints(request: StandInRequest): Promise<StandInResponse> {
    await this.#log.record("mediaconvert:DescribeEndpoints", "");
    return json(200, { endpoints: [{ url: `http://${request.headers["host"]}` }] });
  }

  async #createJob(request: StandInRequest): Promise<StandInResponse> {
    const wanted = JSON.parse(request.body.toString()) as Partial<JobRequest>;
    const input = wanted.settings?.inputs?.[0]?.fileInput ?? "";
    await this.#log.record("mediaconvert:CreateJob", input);
    if (!isComplete(wanted)) {
      return failure(400, "BadRequestException", "A job takes a role, an s3:// input and a file output group.");
    }
    const token = wanted.clientRequestToken;
    const known = [...this.#jobs.values()].find((job) => token !== undefined && job.token === token);
    const job = known ?? this.#add(wanted);
    return json(201, { job: describe(job, statusOf(job, this.#progress)) });
  }

  async #getJob(id: string): Promise<StandInResponse> {
    await this.#log.record("mediaconvert:GetJob", id);
    const job = this.#jobs.get(id);
    if (job === undefined) return failure(404, "NotFoundException", `There is no job ${id}.`);
    job.polls += 1;
    const status = statusOf(job, this.#progress);
    if (status === "COMPLETE" && !job.finished) {
      job.finished = true;
      this.#options.onComplete?.({ input: inputOf(job), output: outputOf(job) });
    }
    this.#options.changed?.();
    return json(200, { job: describe(job, status) });
  }

  get #progress(): Progress {
    return this.#options.progress ?? DEFAULT_PROGRESS;
  }

  #add(request: JobRequest): Job {
    const createdAt = Date.now();
    const id = `${createdAt}-${randomInt(16 ** 6)
      .toString(16)
      .padStart(6, "0")}`;
    const job: Job = { id, token: request.clientRequestToken, createdAt, request, polls: 0, finished: false };
    this.#jobs.set(id, job);
    this.#options.changed?.();
    return job;
  }
}

function isComplete(request: Partial<JobRequest>): request is JobRequest {
  const destination = request.settings?.outputGroups?.[0]?.outputGroupSettings?.fileGroupSettings?.destination;
  const input = request.settings?.inputs?.[0]?.fileInput;
  return Boolean(request.role) && Boolean(input?.startsWith("s3://")) && Boolean(destination?.startsWith("s3://"));
}

function statusOf(job: Job, progress: Progress): JobStatus {
  const done = "polls" in progress ? job.polls / progress.polls : (Date.now() - job.createdAt) / progress.milliseconds;
  const file = inputOf(job).split("/").at(-1) ?? "";
  if (done < 0.5) return "SUBMITTED";
  if (done < 1 || file.startsWith("endless")) return "PROGRESSING";
  return file.startsWith("broken") ? "ERROR" : "COMPLETE";
}

function inputOf(job: Job): string {
  return job.request.settings.inputs[0]?.fileInput ?? "";
}

/** MediaConvert names a file by the destination, the output's modifier and the container. */
function outputOf(job: Job): string {
  const group = job.request.settings.outputGroups[0];
  const output = group?.outputs[0];
  const destination = group?.outputGroupSettings.fileGroupSettings.destination ?? "";
  const stem = destination.endsWith("/") ? `${destination}${stemOf(inputOf(job))}` : destination;
  return `${stem}${output?.nameModifier ?? ""}.${output?.extension ?? "mp4"}`;
}

function stemOf(path: string): string {
  const file = path.split("/").at(-1) ?? "";
  return file.includes(".") ? file.slice(0, file.lastIndexOf(".")) : file;
}

function describe(job: Job, status: JobStatus): unknown {
  const seconds = Math.floor(job.createdAt / 1000);
  return {
    ...job.request,
    arn: `arn:aws:mediaconvert:us-east-1:000000000000:jobs/${job.id}`,
    id: job.id,
    createdAt: seconds,
    status,
    ...(status === "PROGRESSING" ? { currentPhase: "TRANSCODING", jobPercentComplete: 50 } : {}),
    ...(status === "COMPLETE" ? { outputGroupDetails: [{ outputDetails: [{ durationInMs: 60_000 }] }] } : {}),
    ...(status === "ERROR" ? { errorCode: 1010, errorMessage: "The input file cannot be decoded." } : {}),
    timing: { submitTime: seconds },
  };
}

function json(status: number, value: unknown): StandInResponse {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(value) };
}

function failure(status: number, type: string, message: string): StandInResponse {
  const headers = { "content-type": "application/json", "x-amzn-errortype": type };
  return { status, headers, body: JSON.stringify({ message }) };
}
