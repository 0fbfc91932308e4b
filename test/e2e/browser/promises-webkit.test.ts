import { describePromises } from "./describe-promises.ts";

describePromises("webkit", [2]);
