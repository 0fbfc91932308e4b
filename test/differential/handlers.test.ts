import { changes, configurations, handlers, logs, misuse } from "./corpus/handlers.ts";
import { compareEverywhere, prepareStage } from "./stage.ts";

prepareStage();
compareEverywhere("a handler and", handlers, {
  "what cannot be written fails its execution": ["a BigInt", "a cycle"],
  "thrown texts are kept": ["a thrown text"],
  "causes are kept": ["an error with a cause"],
  "payloads end at 6 MiB": ["more than a payload takes"],
});
compareEverywhere("misuse", misuse);
compareEverywhere("code that changes", changes, {
  "a breach of type names both sides": [
    "a callback for a step",
    "a map for a step",
    "an invoke for a step",
    "another type",
    "another sub type",
    "a map for a parallel",
  ],
});
compareEverywhere("configuration", configurations, {
  "what cannot be written fails its operation": [
    "a serdes that throws when it reads",
    "a serdes that throws when it writes",
    "a serdes that throws no error",
    "a serdes of a child context that throws",
    "a serdes of a condition that throws",
  ],
});
compareEverywhere("logs", logs, { "loggers may lack methods": ["a logger without some methods"] });
