import { combinators } from "./corpus/combinators.ts";
import { compareEverywhere, prepareStage } from "./stage.ts";

prepareStage();
compareEverywhere("combinators", combinators, { "causes are kept": ["any of which all fail"] });
