import { contexts, retries } from "./corpus/contexts.ts";
import { compareEverywhere, prepareStage } from "./stage.ts";

prepareStage();
compareEverywhere("contexts", contexts);
compareEverywhere("withRetry", retries);
