import { describe, expect, test } from "vitest";
import { viewOf } from "../views/model/execution-view.ts";
import { linearAxis } from "../views/model/time-axis.ts";
import { exampleLog } from "../../test/format-example.ts";
import { larger, smaller, spanOf, WHOLE, windowOf, type Zoom } from "./time-window.ts";

describe("the span of an execution", () => {
  const began = 1_790_000_000_000;

  test("reaches to the present while it runs, and is never empty", () => {
    const running = viewOf(exampleLog.slice(0, 5));
    expect(spanOf(running, began + 5_000)).toEqual({ from: began, to: began + 5_000 });
    // By the clock of this machine, which may be behind.
    expect(spanOf(running, began - 5_000)).toEqual({ from: began, to: began + 1 });
  });

  test("ends with it", () => {
    expect(spanOf(viewOf(exampleLog), began + 86_400_000)).toEqual({ from: began, to: 1_790_000_500_031 });
  });
});

describe("the part that is shown", () => {
  const whole = { from: 1_000, to: 9_000 };
  const zoomed = (times: number, place = 0): Zoom => {
    let zoom: Zoom = { ...WHOLE, place };
    for (let time = 0; time < times; time++) zoom = larger(zoom);
    return zoom;
  };

  test("is all of it at first, wherever the slider stands", () => {
    expect(windowOf(whole, WHOLE)).toEqual(whole);
    expect(windowOf(whole, { ...WHOLE, place: 1 })).toEqual(whole);
  });

  test("is half as long with each step, from the beginning to the end as the slider goes", () => {
    expect(windowOf(whole, zoomed(1))).toEqual({ from: 1_000, to: 5_000 });
    expect(windowOf(whole, zoomed(2, 0.5))).toEqual({ from: 4_000, to: 6_000 });
    expect(windowOf(whole, zoomed(3, 1))).toEqual({ from: 8_000, to: 9_000 });
  });

  test("fills the linear axis, on which the rest lies outside", () => {
    const axis = linearAxis(windowOf(whole, zoomed(2, 0.5)));
    expect([4_000, 5_000, 6_000, 9_000, 1_000].map((at) => axis.position(at))).toEqual([0, 0.5, 1, 2.5, -1.5]);
  });

  test("goes back the way it came, no farther than all of it, and is enlarged a million times at most", () => {
    expect(smaller(zoomed(3, 0.3))).toEqual(zoomed(2, 0.3));
    expect(smaller(WHOLE)).toEqual(WHOLE);
    expect(zoomed(40).factor).toBe(1e6);
  });
});
