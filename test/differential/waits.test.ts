import { conditions, waits } from "./corpus/waits.ts";
import { compareEverywhere, prepareStage } from "./stage.ts";

prepareStage();
compareEverywhere("waits", waits);
compareEverywhere("conditions", conditions);
