/** With the log, as the store in memory keeps it. */

import { MemoryStore } from "../../src/homes/memory/index.ts";
import { report, size } from "../case.ts";
import { bytesPerStep } from "./perdure-heap.ts";

report({ bytes: await bytesPerStep(() => new MemoryStore(), size) });
