import { test } from "vitest";

// Takes the place of the browser tests where a browser cannot be had, so that the report says so and says why.
test.skip(`browser tests [${process.env["NO_BROWSER"] ?? "no browser"}]`, () => {});
