import { invokes } from "./corpus/invokes.ts";
import { compareEverywhere, prepareStage } from "./stage.ts";

prepareStage();
compareEverywhere("invoking", invokes);
