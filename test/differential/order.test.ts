import { order } from "./corpus/order.ts";
import { compareEverywhere, prepareStage } from "./stage.ts";

prepareStage();
compareEverywhere("order", order);
