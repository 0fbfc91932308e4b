/** `describe`, where there is a Java that runs DynamoDB Local. Elsewhere its tests are skipped, and the report says why. */

import { describe } from "vitest";
import { whyNoDynamoDbLocal } from "../../scripts/local-aws/dynamodb-local.ts";

export function describeOnDynamoDbLocal(title: string, tests: () => void): void {
  const reason = whyNoDynamoDbLocal();
  describe.skipIf(reason !== undefined)(reason === undefined ? title : `${title} [${reason}]`, () => {
    tests();
  });
}
