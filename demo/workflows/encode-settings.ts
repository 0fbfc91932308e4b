import type { CreateJobCommandInput, JobSettings } from "@aws-sdk/client-mediaconvert";

export interface EncodeJob {
  readonly role: string;
  /** MediaConvert answers a second request with the same token with the job of the first. */
  readonly token: string;
  /** `s3://bucket/key` */
  readonly source: string;
  /** `s3://bucket/key` without the extension. */
  readonly destination: string;
  /** Bits per second. */
  readonly maxBitrate: number;
  readonly accelerated: boolean;
}

/** One MP4 with H.264 video of constant quality and AAC sound. */
export function jobRequest(job: EncodeJob): CreateJobCommandInput {
  return {
    Role: job.role,
    ClientRequestToken: job.token,
    AccelerationSettings: { Mode: job.accelerated ? "PREFERRED" : "DISABLED" },
    Settings: jobSettings(job),
  };
}

function jobSettings(job: EncodeJob): JobSettings {
  const sound = "Audio Selector 1";
  return {
    Inputs: [
      {
        FileInput: job.source,
        TimecodeSource: "ZEROBASED",
        VideoSelector: {},
        AudioSelectors: { [sound]: { DefaultSelection: "DEFAULT" } },
      },
    ],
    OutputGroups: [
      {
        Name: "File Group",
        OutputGroupSettings: { Type: "FILE_GROUP_SETTINGS", FileGroupSettings: { Destination: job.destination } },
        Outputs: [
          {
            ContainerSettings: { Container: "MP4" },
            Extension: "mp4",
            VideoDescription: {
              CodecSettings: {
                Codec: "H_264",
                H264Settings: {
                  RateControlMode: "QVBR",
                  QvbrSettings: { QvbrQualityLevel: 8 },
                  MaxBitrate: job.maxBitrate,
                  SceneChangeDetect: "TRANSITION_DETECTION",
                },
              },
            },
            AudioDescriptions: [
              {
                AudioSourceName: sound,
                CodecSettings: {
                  Codec: "AAC",
                  AacSettings: { Bitrate: 128_000, CodingMode: "CODING_MODE_2_0", SampleRate: 48_000 },
                },
              },
            ],
          },
        ],
      },
    ],
  };
}
