/** Server-sent events in the body of an answer: the data of each, in order. */

/** What is whole of the text so far, and the rest that is not. */
export function cutEvents(text: string): { events: string[]; rest: string } {
  const blocks = text.replaceAll('\r\n', '\n').split('\n\n');
  const rest = blocks.pop() ?? '';
  const events = blocks.map((block) =>
    block
      .split('\n')
      .filter((line) => line.startsWith('data:'))
      .map((line) => line.slice(line[5] === ' ' ? 6 : 5))
      .join('\n'),
  );
  return { events: events.filter(Boolean), rest };
}

/** Reads until the stream ends; whoever stops reading ends it. */
export async function* dataOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const cut = cutEvents(rest + decoder.decode(value, { stream: true }));
      rest = cut.rest;
      yield* cut.events;
    }
  } finally {
    void reader.cancel().catch(() => {});
  }
}
