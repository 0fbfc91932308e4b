import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "./command.ts";
import { headersFile, headersFor, pagePolicies } from "./playground-headers.ts";

const folders: Readonly<Record<string, string>> = { "index.html": "", "relay.html": "" };

test.each(Object.entries(pagePolicies))(
  "%s has its policy as a meta, for hosts that send no headers",
  (page, policy) => {
    const html = readFileSync(join(root, "demo/playground", folders[page] ?? "public", page), "utf8");
    const [, content] = /http-equiv="Content-Security-Policy"\s+content="([^"]*)"/.exec(html) ?? [];
    expect(content).toBe(policy);
  },
);

test.each(["/sandbox.html", "/sandbox", "/sandbox-offline.html"])("%s has no origin, whoever frames it", (path) => {
  expect(headersFor(path)["Content-Security-Policy"]).toMatch(/; sandbox allow-scripts; frame-ancestors 'self'$/);
});

test("the page can be framed by nobody, and connects to its own origin only", () => {
  for (const path of ["/", "/index.html"]) {
    const policy = headersFor(path)["Content-Security-Policy"];
    expect(policy).toContain("connect-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
  }
});

test("every file is of the type that it says, in the file of headers too", () => {
  expect(headersFor("/assets/index.js")).toMatchObject({ "X-Content-Type-Options": "nosniff" });
  expect(headersFile()).toMatch(/^\/\*\n {2}X-Content-Type-Options: nosniff\n/);
});
