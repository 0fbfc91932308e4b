import { describePromises } from "./describe-promises.ts";

describePromises("firefox", [2]);
