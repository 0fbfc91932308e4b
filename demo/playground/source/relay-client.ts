import { type FromRelay, type RelayRequest, type ToRelay } from "../relay/protocol.ts";

/** Nothing answered, or nothing that this page may read. */
export class UnreachableError extends Error {
  override readonly name = "UnreachableError";

  constructor(address: string) {
    super(
      `No answer from ${address} that this page may read. Either nothing answers there, or it does not let pages of ` +
        `${location.origin} ask it: browsers want that said by the other side (CORS). Name this origin where the ` +
        `Worker is made: createWorker({ functions, allowedOrigins: ["${location.origin}"] }).`,
    );
  }
}

interface Waiting {
  readonly resolve: (response: Response) => void;
  readonly reject: (error: Error) => void;
  stream?: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;
}

/** Statuses of which a response may have no body. */
const bodiless: ReadonlySet<number> = new Set([204, 205, 304]);

/** Asks one address through a frame whose policy allows that address and no other. */
export class RelayClient {
  readonly #address: string;
  readonly #frame: HTMLIFrameElement;
  readonly #channel = new MessageChannel();
  readonly #waiting = new Map<number, Waiting>();
  readonly #isOpen: Promise<void>;
  #calls = 0;

  /** @throws {TypeError} if this is no address that the relay may ask. */
  constructor(address: string) {
    this.#address = checkedAddress(address);
    this.#frame = document.createElement("iframe");
    this.#frame.title = "Relay";
    this.#frame.hidden = true;
    this.#frame.src = new URL(`relay.html#${encodeURIComponent(this.#address)}`, document.baseURI).href;
    this.#channel.port1.onmessage = ({ data }: MessageEvent<FromRelay>) => this.#take(data);
    this.#isOpen = this.#open();
  }

  /** @throws {UnreachableError} */
  async ask(request: RelayRequest, signal?: AbortSignal): Promise<Response> {
    await this.#isOpen;
    const call = ++this.#calls;
    return new Promise<Response>((resolve, reject) => {
      this.#waiting.set(call, { resolve, reject });
      signal?.addEventListener("abort", () => this.#leave(call), { once: true });
      this.#send({ type: "ask", call, request });
    });
  }

  close(): void {
    this.#frame.remove();
    this.#channel.port1.close();
    for (const call of [...this.#waiting.keys()]) this.#fail(call, new Error("The connection was left."));
  }

  async #open(): Promise<void> {
    const isLoaded = new Promise((resolve) => this.#frame.addEventListener("load", resolve, { once: true }));
    document.body.append(this.#frame);
    await isLoaded;
    this.#frame.contentWindow?.postMessage("port", location.origin, [this.#channel.port2]);
  }

  #take(message: FromRelay): void {
    const { call } = message;
    const waiting = this.#waiting.get(call);
    if (waiting === undefined) return;
    switch (message.type) {
      case "head":
        return waiting.resolve(this.#response(call, message));
      case "chunk":
        return waiting.stream?.enqueue(message.bytes);
      case "end":
        this.#waiting.delete(call);
        return waiting.stream?.close();
      case "failed":
        return this.#fail(call, new UnreachableError(this.#address));
    }
  }

  #response(call: number, { status, headers }: Extract<FromRelay, { type: "head" }>): Response {
    const init = { status, headers: headers.map(([name, value]): [string, string] => [name, value]) };
    if (bodiless.has(status)) return new Response(null, init);
    const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (controller) => {
        const waiting = this.#waiting.get(call);
        if (waiting !== undefined) waiting.stream = controller;
      },
      cancel: () => this.#leave(call),
    });
    return new Response(stream, init);
  }

  #leave(call: number): void {
    this.#send({ type: "leave", call });
    this.#fail(call, new DOMException("The answer is not wanted any more.", "AbortError"));
  }

  #fail(call: number, error: Error): void {
    const waiting = this.#waiting.get(call);
    this.#waiting.delete(call);
    waiting?.reject(error);
    try {
      waiting?.stream?.error(error);
    } catch {
      // It was cancelled by its reader.
    }
  }

  #send(message: ToRelay): void {
    this.#channel.port1.postMessage(message);
  }
}

function checkedAddress(text: string): string {
  const { protocol, hostname, origin, pathname } = new URL(text);
  const isHere = hostname === "localhost" || hostname === "127.0.0.1" || origin === location.origin;
  if (protocol !== "https:" && !(protocol === "http:" && isHere)) {
    throw new TypeError("The address of a Worker begins with https://, or with http:// on this machine.");
  }
  return `${origin}${pathname.replace(/\/+$/, "")}`;
}
