/** `npm run playground`: the playground as a static site, into demo/dist. */

import { buildPlayground } from "./build-playground.ts";

await buildPlayground();
