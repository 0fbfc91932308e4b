import { callbacks, submissions } from "./corpus/callbacks.ts";
import { compareEverywhere, prepareStage } from "./stage.ts";

prepareStage();
compareEverywhere("callbacks", callbacks);
compareEverywhere("submissions", submissions);
