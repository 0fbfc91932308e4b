/** The code's clock: `Date` as it is, ahead by as much as the page says. Timers of the code run as they did. */
export function putDateAhead(aheadMs: () => number): void {
  const real = Date;
  const now = (): number => real.now() + aheadMs();
  const ahead = new Proxy(real, {
    construct: (target, args: unknown[], made) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, made) as object,
    apply: () => new real(now()).toString(),
    get: (target, key) => (key === "now" ? now : (Reflect.get(target, key, target) as unknown)),
  });
  Object.defineProperty(real.prototype, "constructor", { value: ahead, configurable: true, writable: true });
  globalThis.Date = ahead;
}
