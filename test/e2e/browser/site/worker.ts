import { serveBrowserHost } from "perdure/browser";
import { functions } from "./functions.ts";
import { setSkew } from "./skewed-clock.ts";

setSkew(Number(new URLSearchParams(location.search).get("skew")));
addEventListener("message", ({ data }: MessageEvent<{ skew?: number }>) => {
  if (data.skew !== undefined) setSkew(data.skew);
});
serveBrowserHost({ functions, clock: "/clock.js" });
