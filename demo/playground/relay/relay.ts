/**
 * A frame that asks one address, which its own address names, for the page around it. The page's policy lets the page
 * itself connect to no other origin; this frame narrows its policy to the one that it was made for before it asks
 * anything.
 */

import { type FromRelay, type ToRelay, urlBelow } from "./protocol.ts";

const address = decodeURIComponent(location.hash.slice(1));
narrowPolicy(new URL(address).origin);

addEventListener("message", ({ source, origin, ports: [port] }) => {
  if (source !== parent || origin !== location.origin || port === undefined) return;
  const running = new Map<number, AbortController>();
  port.addEventListener("message", ({ data }: MessageEvent<ToRelay>) => {
    if (data.type === "leave") return running.get(data.call)?.abort();
    const leave = new AbortController();
    running.set(data.call, leave);
    void answer(port, data, leave.signal).finally(() => running.delete(data.call));
  });
  port.start();
});

function narrowPolicy(origin: string): void {
  const policy = document.createElement("meta");
  policy.httpEquiv = "Content-Security-Policy";
  policy.content = `connect-src ${origin}`;
  document.head.append(policy);
}

async function answer(
  port: MessagePort,
  { call, request }: Extract<ToRelay, { type: "ask" }>,
  signal: AbortSignal,
): Promise<void> {
  const send = (message: FromRelay): void => port.postMessage(message);
  try {
    const { path, ...init } = request;
    const response = await fetch(urlBelow(address, path), { ...init, signal, redirect: "error", credentials: "omit" });
    send({ type: "head", call, status: response.status, headers: [...response.headers] });
    const reader = response.body?.getReader();
    for (let next = await reader?.read(); next?.done === false; next = await reader?.read()) {
      send({ type: "chunk", call, bytes: next.value });
    }
    send({ type: "end", call });
  } catch (error) {
    send({ type: "failed", call, message: error instanceof Error ? error.message : String(error) });
  }
}
