/** The files of a module: they are watched, and whether AWS's SDK is among them decides how the module is run. */

import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";

export interface Loading {
  /** Paths of all files that were loaded since, apart from those of packages. */
  files(): readonly string[];
  /** Paths of all files that were loaded since, the newest last. */
  allFiles(): readonly string[];
  usesAwsSdk(): boolean;
}

/** A class of AWS's SDK whose name is a text in it, so that it is found in bundles too. */
const AWS_MARK = "DurableExecutionInvocationInputWithClient";
const PACKAGES = /[\\/]node_modules[\\/]/;
const AWS_SDK = /[\\/]node_modules[\\/]@aws[\\/]durable-execution-sdk-js[\\/]/;

/** Notes all that is loaded from now on. */
export function watchLoading(): Loading {
  const files = new Set<string>();
  const all = new Set<string>();
  let isAws = false;
  registerHooks({
    load(url, context, next) {
      if (url.startsWith("file:")) {
        const path = fileURLToPath(url);
        all.add(path);
        if (AWS_SDK.test(path)) isAws = true;
        if (!PACKAGES.test(path)) files.add(path);
      }
      return next(url, context);
    },
  });
  return {
    files: () => [...files],
    allFiles: () => [...all],
    usesAwsSdk: () => isAws || [...files].some(mentionsAwsSdk),
  };
}

function mentionsAwsSdk(path: string): boolean {
  try {
    return readFileSync(path, "utf8").includes(AWS_MARK);
  } catch {
    return false;
  }
}
