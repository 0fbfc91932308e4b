import { invokes } from "./corpus/invokes.ts";
import { compareEverywhere, prepareStage } from "./stage.ts";

prepareStage();
compareEverywhere("invoking", invokes, {
  "what cannot be written fails its operation": [
    "with a payload serdes that throws",
    "with a result serdes that throws",
  ],
});
