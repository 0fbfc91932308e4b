/**
 * A durable function of one step on Lambda: how large its bundle is, and how long its first execution takes in a process
 * that has to come up for it, under AWS's own runtime client and with AWS's client for the service.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { bundle, type Code } from "../test/aws/lambda-runtime/bundle.ts";
import { LambdaFunction } from "../test/aws/lambda-runtime/lambda-function.ts";
import { DurableService } from "../test/aws/native/durable-service.ts";
import type { Figures } from "./case.ts";
import type { Section } from "./sections.ts";
import { spread } from "./samples.ts";
import { table } from "./table.ts";

/** Cold starts of either in one round, in turn. */
const STARTS = 5;
const SDKS = ["perdure", "aws"] as const;
type Sdk = (typeof SDKS)[number];

/** What a process compiles it compiles anew, as on Lambda. */
const NOTHING_COMPILED = { NODE_DISABLE_COMPILE_CACHE: "1" };

export const lambda: Section = {
  title: "A durable function of one step on Lambda",
  async round() {
    const codes = new Map<Sdk, Code>();
    for (const sdk of SDKS)
      codes.set(sdk, await bundle(new URL(`cases/lambda-${sdk}.ts`, import.meta.url), { minify: true }));
    const figures: Record<string, number> = {};
    for (let start = 0; start < STARTS; start++) {
      for (const [sdk, { folder }] of codes) {
        const took = await coldStart(folder);
        figures[`${sdk} start`] = Math.min(figures[`${sdk} start`] ?? Number.POSITIVE_INFINITY, took);
      }
    }
    for (const [sdk, code] of codes) {
      Object.assign(figures, sizesOf(sdk, code));
      code.remove();
    }
    return figures;
  },
  show(samples) {
    const rows = ["bundle", "gzip", "start"].map((what) => [
      LABELS[what] ?? what,
      spread(samples.values(`perdure ${what}`)),
      spread(samples.values(`aws ${what}`)),
      spread(samples.ratios(`perdure ${what}`, `aws ${what}`)),
    ]);
    return table(["", "perdure", "AWS's SDK", "perdure / AWS's SDK"], rows);
  },
};

const LABELS: Readonly<Record<string, string>> = {
  bundle: "bundle, minified, kB",
  gzip: "bundle, gzip, kB",
  start: "cold start to the end of the execution, the best of 5, ms",
};

function sizesOf(sdk: Sdk, { folder }: Code): Figures {
  const code = readFileSync(join(folder, "index.mjs"));
  return { [`${sdk} bundle`]: code.length / 1000, [`${sdk} gzip`]: gzipSync(code).length / 1000 };
}

async function coldStart(code: string): Promise<number> {
  const functions: LambdaFunction[] = [];
  const service = await DurableService.open({
    functions: (endpoint) => {
      const variables = { AWS_ENDPOINT_URL_LAMBDA: endpoint, ...NOTHING_COMPILED };
      functions.push(new LambdaFunction({ name: "one", code, variables }));
      return Object.fromEntries(functions.map((lambda) => [lambda.name, lambda]));
    },
  });
  const before = performance.now();
  const { status } = await service.run("one", {});
  const took = performance.now() - before;
  await Promise.all(functions.map((lambda) => lambda.close()));
  await service.close();
  if (status !== "SUCCEEDED") throw new Error(`The execution ended as ${status}.`);
  return took;
}
