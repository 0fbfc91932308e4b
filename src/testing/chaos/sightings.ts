/**
 * The results that reached the handlers in the invocations of one execution. One invocation may see fewer than another,
 * as a later one skips results in contexts that are complete; but two invocations see the same values in the same
 * order.
 */
export class Sightings {
  readonly #places = new Map<string, { readonly place: number; readonly value: string }>();

  /** A new observer, which answers with what is wrong about a sighting, in words. */
  observer(): (what: string, value: string) => string | undefined {
    let last = -1;
    let lastSeen = "";
    return (what, value) => {
      const known = this.#places.get(what) ?? { place: this.#places.size, value };
      this.#places.set(what, known);
      if (known.value !== value) return `${what} was ${known.value} and became ${value}`;
      if (known.place <= last) return `${what} came after ${lastSeen}, and before it once`;
      last = known.place;
      lastSeen = what;
      return undefined;
    };
  }
}
