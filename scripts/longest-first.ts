/** The order in which vitest runs the files. */

import { createHash } from "node:crypto";
import { relative } from "node:path";
import { root } from "./command.ts";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * The files that take longest, by a run on two cores, and come first. Vitest goes by the times of the last run, and by
 * the size of the files where there was none: in a fresh copy it would begin the tests of promises in a browser, which
 * are five lines, at the end.
 */
export const longest: readonly string[] = [
  "test/runtimes/browser/host.test.ts",
  "test/e2e/browser/promises.test.ts",
  "test/e2e/browser/promises-firefox.test.ts",
  "test/e2e/browser/promises-webkit.test.ts",
  "test/e2e/seed.test.ts",
  "test/package/install.test.ts",
  "src/adapters/dynamodb/dynamodb-store.test.ts",
  "test/e2e/deploy.test.ts",
  "test/corpus/capabilities.test.ts",
  "test/differential/callbacks.test.ts",
  "test/package/commonjs.test.ts",
  "test/aws/lambda-host.test.ts",
  "test/aws/chaos/every-point.test.ts",
  "test/aws/chaos/lambda-chaos.test.ts",
];

/** The projects whose files wait long, for servers and browsers to come up and for time to pass. */
const first: readonly string[] = ["e2e", "package", "workerd", "node-alone"];

/**
 * Begins with the files that take long, so that none of them is left over at the end; short ones fill the gaps. Under
 * `--sequence.shuffle` any order, which follows from the seed.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { shuffle, seed } = this.ctx.config.sequence;
    if (shuffle === true) return files.toSorted(by(({ moduleId }) => digest(`${seed} ${moduleId}`)));
    const sorted = await super.sort(files);
    const ofProjects = sorted.toSorted(by(({ project }) => placeIn(first, project.name)));
    return ofProjects.toSorted(by(({ moduleId }) => placeIn(longest, relative(root, moduleId))));
  }
}

/** A file that is not in the list comes after it. */
function placeIn(list: readonly string[], name: string): number {
  const at = list.indexOf(name);
  return at === -1 ? list.length : at;
}

function by<T>(key: (item: TestSpecification) => T): (a: TestSpecification, b: TestSpecification) => number {
  return (a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0);
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
