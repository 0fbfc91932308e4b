import { serveBrowserHost } from "perdure/browser";
import { functions } from "./functions.ts";

serveBrowserHost({ functions, clock: "/clock.js" });
