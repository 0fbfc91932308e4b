import { describeChaos } from "./engine-chaos.ts";

describeChaos("firefox");
