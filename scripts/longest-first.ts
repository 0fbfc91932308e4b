/** The order in which vitest runs the files. */

import { createHash } from "node:crypto";
import { BaseSequencer, type TestSpecification } from "vitest/node";

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
    return sorted.toSorted(by(({ project }) => first.indexOf(project.name) + 1 || first.length + 1));
  }
}

function by<T>(key: (item: TestSpecification) => T): (a: TestSpecification, b: TestSpecification) => number {
  return (a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0);
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
