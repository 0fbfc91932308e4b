import { changes, configurations, handlers, logs, misuse } from "./corpus/handlers.ts";
import { compareEverywhere, prepareStage } from "./stage.ts";

prepareStage();
compareEverywhere("a handler and", handlers);
compareEverywhere("misuse", misuse);
compareEverywhere("code that changes", changes);
compareEverywhere("configuration", configurations);
compareEverywhere("logs", logs);
