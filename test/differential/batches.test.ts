import { largeBatches, maps, parallels } from "./corpus/batches.ts";
import { compareEverywhere, prepareStage } from "./stage.ts";

prepareStage();
compareEverywhere("map", maps, {
  "a namer fails its map": ["a namer that throws", "names that are no text"],
  "holes are items": ["an array with a hole"],
  "restored errors are kept": ["a serdes for the batch that restores errors"],
});
compareEverywhere("parallel", parallels);
compareEverywhere("large batches", largeBatches);
