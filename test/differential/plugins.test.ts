import { plugins } from "./corpus/plugins.ts";
import { compareEverywhere, prepareStage } from "./stage.ts";

prepareStage();
compareEverywhere("plugins see", plugins);
