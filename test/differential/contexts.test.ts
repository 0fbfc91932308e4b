import { contexts, retries } from "./corpus/contexts.ts";
import { compareEverywhere, prepareStage } from "./stage.ts";

prepareStage();
compareEverywhere("contexts", contexts, {
  "what cannot be written fails its operation": ["a child context whose result cannot be written"],
  "what cannot be read is an unknown error": ["a child context that throws what cannot be read"],
});
compareEverywhere("withRetry", retries);
