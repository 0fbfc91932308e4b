/** `npm run playground [-- folder]`: the playground as a static site, into demo/dist unless another folder is named. */

import { buildPlayground } from "./build-playground.ts";

await buildPlayground(process.argv[2]);
