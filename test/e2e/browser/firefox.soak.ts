import { describeTabsIn } from "./engine-cases.ts";

describeTabsIn("firefox");
