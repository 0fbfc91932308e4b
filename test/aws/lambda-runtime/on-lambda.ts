import { describe } from "vitest";

/** Tests under AWS's runtime client: skipped, with the reason in their name, where that does not run. */
export function describeOnLambda(title: string, tests: () => void): void {
  const isFound = Number.parseInt(process.versions.node, 10) >= 22;
  const reason = `aws-lambda-ric needs Node 22 or newer, and this is Node ${process.versions.node}`;
  describe.skipIf(!isFound)(isFound ? title : `${title} [${reason}]`, () => {
    tests();
  });
}
