import { steps } from "./corpus/steps.ts";
import { compareEverywhere, prepareStage } from "./stage.ts";

prepareStage();
compareEverywhere(steps);
