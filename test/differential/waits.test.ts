import { conditions, waits } from "./corpus/waits.ts";
import { compareEverywhere, prepareStage } from "./stage.ts";

prepareStage();
compareEverywhere("waits", waits, { "arguments are checked": ["a wait of an unknown unit"] });
compareEverywhere("conditions", conditions);
