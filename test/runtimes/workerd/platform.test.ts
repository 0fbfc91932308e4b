import { describe, expect, test } from "vitest";

describe("the runtime under the workerd tests", () => {
  test("is workerd", () => {
    expect(navigator.userAgent).toBe("Cloudflare-Workers");
  });
});
