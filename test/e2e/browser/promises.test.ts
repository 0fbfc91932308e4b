/** P1 to P15 in two and in five tabs. */

import { describePromises } from "./describe-promises.ts";

describePromises("chromium", [2, 5]);
