import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EventParser, type StreamEvent } from './sse.logic';

const TEXT =
  ': hello\n\nid: 7\nevent: log\ndata: {"a":1}\n\nevent: gap\r\ndata: one\r\ndata:two\r\n\r\nid: x\ndata\n\n: end\n\n';
const EVENTS: StreamEvent[] = [
  { id: 7, name: 'log', data: '{"a":1}' },
  { id: 7, name: 'gap', data: 'one\ntwo' },
  { id: 7, name: 'message', data: '' },
];

test('events come whole, however their bytes were cut', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: TEXT.length }), { maxLength: 12 }), (cuts) => {
      const parser = new EventParser();
      const places = [0, ...cuts.sort((one, other) => one - other), TEXT.length];
      const events = places.slice(1).flatMap((end, place) => parser.push(TEXT.slice(places[place], end)));
      expect(events).toEqual(EVENTS);
    }),
  );
});

test('an event without end is given up', () => {
  expect(() => new EventParser().push(`data: ${'x'.repeat(4_000_001)}`)).toThrow();
});
