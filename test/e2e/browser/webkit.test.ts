/** Tabs in WebKitGTK. Under remote control it keeps nothing on the disk, so that there is nothing to find after a kill. */

import { describePromises } from "./describe-promises.ts";
import { describeTabs } from "./describe-tabs.ts";
import { cacheCases, tabCases } from "./tab-cases.ts";

describeTabs("webkit", "tabs in webkit", (open) => {
  tabCases(open);
  cacheCases(open, { keepsLocks: true });
});
describePromises("webkit", [5]);
