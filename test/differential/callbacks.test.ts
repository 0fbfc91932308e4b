import { callbacks, submissions } from "./corpus/callbacks.ts";
import { compareEverywhere, prepareStage } from "./stage.ts";

prepareStage();
compareEverywhere("callbacks", callbacks, {
  "what cannot be written fails its operation": ["a callback whose serdes throws"],
  "no time is no timeout": ["a callback with a timeout of no time"],
});
compareEverywhere("submissions", submissions, {
  "what cannot be written fails its operation": ["a submission whose serdes throws"],
});
