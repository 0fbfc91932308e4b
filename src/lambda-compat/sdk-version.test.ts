import { copyFile, realpath } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { SDK_VERSION as awsVersion } from "@aws/durable-execution-sdk-js";
import { expect, test } from "vitest";
import { runProgram } from "../../test/conformance/run-program.ts";
import { SDK_VERSION } from "./sdk-version.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";

test("is the version of AWS's SDK that this package is held to", () => {
  expect(SDK_VERSION).toBe(awsVersion);
});

test("says so when the package is part of the Lambda runtime", async () => {
  const folder = await realpath(temporaryFolder("runtime"));
  for (const file of ["sdk-version.ts", "platform.ts"]) {
    await copyFile(new URL(file, import.meta.url), join(folder, file));
  }
  const url = pathToFileURL(join(folder, "sdk-version.ts")).href;
  const program = `const { SDK_VERSION } = await import(${JSON.stringify(url)}); console.log(SDK_VERSION);`;
  const inside = await runProgram(program, { LAMBDA_RUNTIME_DIR: folder });
  const outside = await runProgram(program, { LAMBDA_RUNTIME_DIR: join(folder, "elsewhere") });
  expect([inside.stdout.trim(), outside.stdout.trim()]).toEqual([`${awsVersion}-bundled`, awsVersion]);
});
