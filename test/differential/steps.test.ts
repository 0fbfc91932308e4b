import { stepErrors, steps, stepValues } from "./corpus/steps.ts";
import { compareEverywhere, prepareStage } from "./stage.ts";

prepareStage();
compareEverywhere("a step's value", stepValues, {
  "what cannot be written fails its execution": ["a BigInt", "a cycle"],
});
compareEverywhere("a step that throws", stepErrors, {
  "thrown texts are kept": ["a string"],
  "thrown numbers are kept": ["a number"],
  "causes are kept": ["an error with a cause", "an AggregateError"],
  "large errors are cut": ["a message that no update can carry"],
  "odd messages become text": [
    "an error whose message is a number",
    "an error whose name is a number",
    "an error whose message is an object",
  ],
});
compareEverywhere("steps", steps, {
  "patterns match every time": ["a strategy with a pattern that remembers where it was"],
});
