import { expect, test } from "vitest";
import { asksFor } from "./asked-projects.ts";

test.for([
  { args: ["run"], asked: true, what: "no project" },
  { args: ["run", "--project", "firefox"], asked: true, what: "the project" },
  { args: ["run", "--project=fire*"], asked: true, what: "the beginning of its name" },
  { args: ["run", "--project", "node", "--project=e2e"], asked: true, what: "another one that needs it" },
  { args: ["run", "--project", "!node"], asked: true, what: "all but another one" },
  { args: ["run", "--project", "node*"], asked: false, what: "others" },
  { args: ["run", "--project=!firefox", "--project=node"], asked: true, what: "all but it, where e2e needs it too" },
])("a run that names $what needs the browser: $asked", ({ args, asked }) => {
  expect(asksFor(["firefox", "e2e"], args)).toBe(asked);
});
