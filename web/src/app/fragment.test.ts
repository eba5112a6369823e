import { afterEach, expect, it } from 'vitest';
import { takePairingCode } from './fragment';

afterEach(() => history.replaceState(null, '', '/'));

it('the pairing code leaves the address bar and the rest of the address stays', () => {
  history.replaceState(null, '', '/chat/abc?x=1#code=ABCD-1234');
  expect(takePairingCode()).toBe('ABCD-1234');
  expect(location.pathname + location.search + location.hash).toBe('/chat/abc?x=1');
});

it('another fragment is left alone', () => {
  history.replaceState(null, '', '/chat#part-2');
  expect(takePairingCode()).toBeNull();
  expect(location.hash).toBe('#part-2');
});
