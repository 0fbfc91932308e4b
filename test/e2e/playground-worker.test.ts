import { type DurableContext, withDurableExecution } from "perdure";
import { createMemoryHost } from "perdure/memory";
import { expect, test } from "vitest";
import { createHttpFace } from "../../src/lambda-compat/http/face.ts";
import { serve } from "../http/serve.ts";
import { inChromium } from "./in-chromium.ts";
import { focused, press, row, says, visit } from "./playground-visit.ts";

const napping = withDurableExecution(async (hours: number, context: DurableContext) => context.wait("nap", { hours }));

/** A host as hosts were before they listed their functions. */
async function serveUnlisted(origin: string): Promise<{ url: string; token: string } & AsyncDisposable> {
  const host = createMemoryHost({ functions: { napping } });
  const token = crypto.randomUUID();
  const credentials = [{ id: "test", rights: ["admin"], bearer: token }] as const;
  const face = createHttpFace({ client: host.client, credentials, options: { allowedOrigins: [origin] } });
  const served = await serve((request) => {
    const isListing = request.method === "GET" && new URL(request.url).pathname === "/2015-03-31/functions/";
    return face(isListing ? new Request(new URL("/absent", request.url), request) : request);
  });
  return {
    url: served.url,
    token,
    async [Symbol.asyncDispose]() {
      host.close();
      await served.close();
    },
  };
}

inChromium("a Worker that does not list its functions", () => {
  test("is asked about those that are named, and starts them with the payload", async () => {
    const page = await visit();
    await using worker = await serveUnlisted(new URL(page.url()).origin);
    await press(page, "Look at a Worker");
    await page.getByLabel("Address").fill(worker.url);
    await page.getByLabel("Bearer token").fill(worker.token);
    await press(page, "Connect");
    await says(page, "This Worker does not list its functions. Name them.");
    await page.getByLabel("Functions, separated by commas").fill("napping");
    await press(page, "Connect");
    await says(page, "The Worker has no execution yet.");
    await focused(page, "Back to this browser");
    await page.getByLabel("Payload").fill("5");
    await press(page, "Start at the Worker");
    await row(page, /nap.*started.*due in 5 h/).waitFor();
    expect(await page.getByLabel("Function").inputValue()).toBe("napping");
    await press(page, "Back to this browser");
    await focused(page, "Look at a Worker");
  });
});
