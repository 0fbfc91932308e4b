/** The example in the description of the log's format: an order that is tried twice, waits, asks, and fails to ship. */

import { readFileSync } from "node:fs";

const [, block = ""] = /```jsonl\n(.*?)```/s.exec(readFileSync("docs/log-format.md", "utf8")) ?? [];

export const exampleLog: readonly string[] = block.trim().split("\n");
