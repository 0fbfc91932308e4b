/** The console against the home on AWS, as `perdure console --url` shows a Function URL: nothing there streams. */

import type { Browser } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type DurableContext, withDurableExecution } from "perdure";
import { HttpGateway } from "../../scripts/local-aws/http-gateway.ts";
import { credential, LocalAws } from "../aws/lambda-world.ts";
import { launchChromium, Visitor } from "./console-visit.ts";
import { openConsoleFront } from "./console-world.ts";
import { inChromium } from "./in-chromium.ts";

const approve = withDurableExecution(async (event: { readonly amount: number }, context: DurableContext) => {
  const amount = await context.step("add tax", async () => event.amount * 1.2);
  const answer = await context.waitForCallback("ask manager", async () => undefined);
  return `${answer} to ${amount}`;
});

let aws: LocalAws;
let browser: Browser;

inChromium("the console of the home on AWS", () => {
  beforeAll(async () => {
    aws = await LocalAws.start();
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser?.close();
    await aws?.stop();
  });

  test("lists and opens an execution, answers its callback, and sees it end", async ({ onTestFinished }) => {
    const world = await aws.open({ onTestFinished });
    const host = world.host({ approve });
    world.serve(host);
    const gateway = await HttpGateway.start({ call: host.handlers.http });
    onTestFinished(() => gateway.stop());
    await using front = await openConsoleFront({ url: gateway.url, token: credential.bearer });
    for (const name of ["desk", "lamp"]) {
      await host.client.start({ functionName: "approve", name, input: '{"amount":10}' });
    }
    await using visitor = await Visitor.open(browser, front.link());
    await visitor.sees(/^2 executions$/);
    await visitor.openNamed("lamp");
    await visitor.sees(/It waits for an answer to “ask manager”/);
    await visitor.activate("Succeed");
    await visitor.isOn("The answer (optional)");
    await visitor.type("yes");
    await visitor.press("Enter");
    await visitor.sees(/^Finished: .*yes to 12/);
    const { status, result } = await host.client.describe("approve/lamp");
    expect({ status, result }).toEqual({ status: "SUCCEEDED", result: '"yes to 12"' });
    expect((await host.client.describe("approve/desk")).status).toBe("RUNNING");
    expect(world.errors).toEqual([]);
  });
});
