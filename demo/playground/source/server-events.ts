export interface ServerEvent {
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

/** The events of a text/event-stream, which an EventSource cannot read with a credential. */
export async function* readEvents(stream: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  const decoder = new TextDecoder();
  const reader = stream.getReader();
  let text = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      text += decoder.decode(value, { stream: true });
      const blocks = text.split("\n\n");
      text = blocks.pop() ?? "";
      for (const block of blocks) {
        const event = parseEvent(block);
        if (event !== undefined) yield event;
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** Undefined for a comment. */
function parseEvent(block: string): ServerEvent | undefined {
  const fields: Record<string, string[]> = {};
  for (const line of block.split("\n")) {
    const [, name = "", value = ""] = /^(\w+):\s?(.*)$/.exec(line) ?? [];
    if (name !== "") (fields[name] ??= []).push(value);
  }
  if (fields["event"] === undefined) return undefined;
  const joined = (name: string): string => fields[name]?.join("\n") ?? "";
  return { id: joined("id"), event: joined("event"), data: joined("data") };
}
