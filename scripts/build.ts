/** `npm run build`: the publishable package, into dist/. */

import { join } from "node:path";
import { root } from "./command.ts";
import { buildPackage } from "./package-build.ts";

await buildPackage(join(root, "dist"));
