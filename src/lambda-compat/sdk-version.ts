import { environment } from "./platform.ts";

/** The version of AWS's SDK whose behaviour this package has; `-bundled` where it is part of the Lambda runtime. */
export const SDK_VERSION: string = `2.4.0${isPartOfRuntime() ? "-bundled" : ""}`;

function isPartOfRuntime(): boolean {
  const folder = environment("LAMBDA_RUNTIME_DIR") || "/var/runtime";
  const { url } = import.meta as { readonly url?: string };
  return url?.startsWith(`file://${folder}`) ?? false;
}
