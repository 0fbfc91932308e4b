/**
 * The time by the clock of the host that is looked at. All times that it tells are of that clock, and it need not agree
 * with the browser's: an emulator's is put forward and may run faster, and a laptop's may be wrong.
 */

/** When a call was made and answered, ms since the epoch by the browser's clock. */
export interface Call {
  readonly sentAt: number;
  readonly receivedAt: number;
}

/** The lead of the host's clock over the browser's, between two bounds, in ms. */
interface Ahead {
  readonly least: number;
  readonly most: number;
}

/** A time from an emulator's clock, and the moment of its arrival: `rate` of its seconds pass in one. */
interface Exact {
  readonly at: number;
  readonly says: number;
  readonly rate: number;
}

/** The step of the header `Date`, in ms. */
const DATE_STEP_MS = 1_000;

export class HostClock {
  #ahead: Ahead | undefined;
  #exact: Exact | undefined;

  /** Takes the time out of an answer, of the host itself: what stands between has a clock of its own. */
  read(headers: Headers, { sentAt, receivedAt }: Call): void {
    const [says, rate] = (headers.get("x-perdure-clock") ?? "").split(",").map(Number);
    if (says !== undefined && rate !== undefined && Number.isFinite(says) && rate > 0) {
      this.#exact = { at: receivedAt, says, rate };
      return;
    }
    const date = Date.parse(headers.get("date") ?? "");
    if (Number.isNaN(date) || !headers.has("x-amzn-requestid")) return;
    const found = { least: date - receivedAt, most: date + DATE_STEP_MS - sentAt };
    this.#ahead = common(this.#ahead, found) ?? found;
  }

  /** Ms since the epoch by the host's clock, at a time by the browser's. By the browser's, as long as they may agree. */
  at(time: number): number {
    if (this.#exact !== undefined) return this.#exact.says + (time - this.#exact.at) * this.#exact.rate;
    const { least, most } = this.#ahead ?? { least: 0, most: 0 };
    return time + Math.min(Math.max(0, least), most);
  }
}

/** Undefined where nothing is within the bounds of both: one of the clocks was put right. */
function common(known: Ahead | undefined, found: Ahead): Ahead | undefined {
  if (known === undefined) return undefined;
  const both = { least: Math.max(known.least, found.least), most: Math.min(known.most, found.most) };
  return both.least > both.most ? undefined : both;
}
