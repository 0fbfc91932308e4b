/** A checkpoint token is known to nobody but the one that it was given to. */

import { existsSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { BEARER, HeldExecution } from "./held-execution.ts";

// With tokens made by the session they are guessable: see there.
const isRandom = existsSync(new URL("../../src/engine/runner/remote-sdk.ts", import.meta.url));

let held: HeldExecution;

beforeEach(async () => {
  held = await HeldExecution.start();
});

afterEach(() => held.close());

/** What the live stream and the history say so far, to a caller who may do anything. */
async function everythingTold(): Promise<string> {
  const headers = { authorization: `Bearer ${BEARER}` };
  const response = await held.face(new Request(`http://h${held.path}/events`, { headers }));
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  const state = await held.runner.describe("held/h-1");
  let stream = JSON.stringify(state);
  while (!stream.includes('"kind":"STARTED"')) stream += (await reader.read()).value ?? "";
  await reader.cancel();
  const answers = await Promise.all(["", "/history"].map((view) => held.ask(held.path + view)));
  return stream + JSON.stringify(answers);
}

describe.runIf(isRandom)("a checkpoint token", () => {
  test("has 128 random bits, anew for every answer", async () => {
    const tokens = new Set([held.token]);
    for (let count = 0; count < 20; count++) {
      expect((await held.checkpoint([])).status).toBe(200);
      tokens.add(held.token);
    }
    expect(tokens.size).toBe(21);
    for (const token of tokens) expect(token).toMatch(/[0-9a-f]{32}/);
    // None of them says what the next one is.
    const parts = [...tokens].flatMap((token) => token.match(/[0-9a-f]{32}/g) ?? []);
    expect(new Set(parts).size).toBeGreaterThanOrEqual(21);
  });

  test("is in no commit and in no answer but its own", async () => {
    const tokens = [held.token];
    await held.checkpoint([{ Id: "1", Type: "STEP", Action: "START" }]);
    tokens.push(held.token);
    const told = await everythingTold();
    for (const token of tokens) {
      for (const part of token.match(/[0-9a-f]{32}/g) ?? []) expect(told).not.toContain(part);
    }
  });

  test("cannot be made from what the live stream tells of the invocation", async () => {
    await held.checkpoint([{ Id: "1", Type: "STEP", Action: "START" }]);
    const told = await everythingTold();
    const words = new Set(told.match(/[0-9a-f]{16,}(\.\d+)?/g));
    const owners = [...told.matchAll(/\\?"owner\\?":\\?"([^"\\]+)/g)].map(([, owner = ""]) => owner);
    expect(owners.length).toBeGreaterThan(0);
    for (const word of [...words, ...owners]) {
      for (const token of [word, ...Array.from({ length: 5 }, (_, index) => `${word}.${index}`)]) {
        const { status, body } = await held.checkpoint([], token);
        expect([status, body["message"]], token).toEqual([400, "Invalid Checkpoint Token"]);
        const query = `CheckpointToken=${encodeURIComponent(token)}`;
        expect((await held.ask(`${held.path}/state?${query}`)).status, token).toBe(400);
      }
    }
    expect((await held.checkpoint([])).status).toBe(200);
  });
});
