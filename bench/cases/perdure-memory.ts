/** In the engine alone: the store keeps nothing. */

import { MemoryStore } from "../../src/homes/memory/index.ts";
import { report, size } from "../case.ts";
import { bytesPerStep } from "./perdure-heap.ts";

class ForgetfulStore extends MemoryStore {
  override append(): "appended" {
    return "appended";
  }
}

report({ bytes: await bytesPerStep(() => new ForgetfulStore(), size) });
