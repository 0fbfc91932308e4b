export interface ServerSentEvent {
  readonly event: string;
  readonly data: string;
}

/** The events of a stream; comments are passed over. */
export async function* serverSentEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerSentEvent> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) {
      const lines = block.split("\n");
      const event = fieldOf(lines, "event").at(-1);
      if (event !== undefined) yield { event, data: fieldOf(lines, "data").join("\n") };
    }
  }
}

function fieldOf(lines: readonly string[], name: string): readonly string[] {
  return lines.filter((line) => line.startsWith(`${name}: `)).map((line) => line.slice(name.length + 2));
}
