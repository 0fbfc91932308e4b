import { largeBatches, maps, parallels } from "./corpus/batches.ts";
import { compareEverywhere, prepareStage } from "./stage.ts";

prepareStage();
compareEverywhere("map", maps);
compareEverywhere("parallel", parallels);
compareEverywhere("large batches", largeBatches);
