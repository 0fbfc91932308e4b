import { stepErrors, steps, stepValues } from "./corpus/steps.ts";
import { compareEverywhere, prepareStage } from "./stage.ts";

prepareStage();
compareEverywhere("a step's value", stepValues);
compareEverywhere("a step that throws", stepErrors);
compareEverywhere("steps", steps);
