import { expect, test } from "vitest";
import { projectTimes, type TimedModule } from "./project-times.ts";

function file(name: string, duration: number): TimedModule {
  return { project: { name }, diagnostic: () => ({ setupDuration: 200, collectDuration: 300, duration }) };
}

test("the times of a project are those of its files, and the longest comes first", () => {
  expect(projectTimes([file("node", 2000), file("e2e", 4000), file("node", 500)])).toBe("e2e 5, node 4");
});

test("a run without files has none", () => {
  expect(projectTimes([])).toBe("");
});
