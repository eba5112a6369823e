import { expect, test } from 'vitest';
import { cutEvents, dataOf } from './eventStream';

test('what is whole is cut off, comments and names are left out', () => {
  expect(cutEvents(': hello\n\nevent: a\ndata: {"n":1}\n\ndata:x\r\ndata: y\r\n\r\ndata: ha')).toEqual({
    events: ['{"n":1}', 'x\ny'],
    rest: 'data: ha',
  });
});

test('events and letters that come in pieces are put together', async () => {
  const bytes = new TextEncoder().encode('data: ä\n\ndata: 2\n\n');
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
      controller.close();
    },
  });
  const read: string[] = [];
  for await (const data of dataOf(body)) read.push(data);
  expect(read).toEqual(['ä', '2']);
});
