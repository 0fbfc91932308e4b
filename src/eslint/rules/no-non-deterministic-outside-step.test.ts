import { testRule } from "../../../test/eslint/rule-tester.ts";
import { noNonDeterministicOutsideStep } from "./no-non-deterministic-outside-step.ts";

testRule("no-non-deterministic-outside-step", noNonDeterministicOutsideStep, {
  valid: [
    `await context.step("now", async () => Date.now());`,
    `const now = async () => Date.now(); await context.step("now", now);`,
    `await context.waitForCondition("c", async () => Date.now(), { initialState: 0, waitStrategy: () => ({ shouldContinue: Math.random() > 1 }) });`,
    `await context.waitForCallback("c", async (id) => { await fetch("https://a.example/" + id); });`,
    `context.logger.info("at", Date.now()); console.log(Math.random());`,
    `const fetch = (url) => url.length; fetch("a");`,
    `return new Date(event.at).getTime() + Date.parse(event.at);`,
    `const undo = [{ run: async () => Date.now() }]; for (const { run } of undo) await context.step("u", run);`,
    `const once = (name, work) => context.step(name, work); await once("a", async () => Math.random());`,
  ],
  invalid: [
    [
      `const at = «Date.now»();`,
      {
        messageId: "time",
        data: { what: "Date.now outside a step" },
        suggested: { messageId: "putIntoStep", body: `const at = await context.step("now", async () => Date.now());` },
      },
    ],
    [
      `return «new Date()».toISOString();`,
      {
        messageId: "time",
        suggested: {
          messageId: "takeTimeInStep",
          body: `return new Date(await context.step("now", async () => Date.now())).toISOString();`,
        },
      },
    ],
    [
      `return «crypto.randomUUID»().slice(1);`,
      {
        messageId: "chance",
        suggested: {
          messageId: "putIntoStep",
          body: `return (await context.step("id", async () => crypto.randomUUID())).slice(1);`,
        },
      },
    ],
    [
      `await new Promise((resolve) => «setTimeout»(resolve, 5_000));`,
      {
        messageId: "timer",
        suggested: { messageId: "waitInstead", body: `await context.wait("pause", { seconds: 5 });` },
      },
    ],
    [`await «fetch»("https://a.example");`, { messageId: "request" }],
    [
      `const { random } = Math; const pick = random; return [1].map(«pick»);`,
      { messageId: "chance", data: { what: "pick is called outside a step" } },
    ],
    [
      `const twice = async () => (await once()) * 2; async function once() { return Math.random(); } return «twice»();`,
      {
        messageId: "chance",
        data: { what: "twice calls Math.random, outside a step" },
        suggested: {
          messageId: "putIntoStep",
          body: `const twice = async () => (await once()) * 2; async function once() { return Math.random(); } return await context.step("twice", async () => twice());`,
        },
      },
    ],
    [
      `const clock = { now: () => Date.now() }; return «clock.now»();`,
      { messageId: "time", data: { what: "clock.now calls Date.now, outside a step" } },
    ],
    [
      `await context.map("m", event.ids, async (item) => { await item.wait({ seconds: «Math.random»() }); });`,
      {
        messageId: "chance",
        suggested: {
          messageId: "putIntoStep",
          body: `await context.map("m", event.ids, async (item) => { await item.wait({ seconds: await item.step("number", async () => Math.random()) }); });`,
        },
      },
    ],
  ],
});
