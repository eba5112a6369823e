import { expect, it } from 'vitest';
import { cleanCode, deviceName, isComplete, prettyCode } from './pairing.logic';

it('a code is understood however it is typed or pasted', () => {
  for (const typed of ['ABCD-1234', 'abcd1234', ' abcd 1234 ', '“ABCD–1234”', 'A-B-C-D-1-2-3-4'])
    expect(cleanCode(typed)).toBe('ABCD1234');
});

it('a pasted pairing link gives its code', () => {
  for (const link of ['http://192.168.1.4:42617/#code=ABCD-1234', ' https://x.example/chat#code=abcd1234 '])
    expect(cleanCode(link)).toBe('ABCD1234');
});

it('the dash appears by itself once there is something behind it', () => {
  expect(prettyCode('abcd')).toBe('ABCD');
  expect(prettyCode('abcd1')).toBe('ABCD-1');
  expect(prettyCode('abcd-12345678')).toBe('ABCD-1234');
});

it('a code is complete with eight letters and digits', () => {
  expect(isComplete('ABCD-123')).toBe(false);
  expect(isComplete('abcd 1234')).toBe(true);
});

it('a browser names itself by program and system', () => {
  const webkit = 'AppleWebKit/537.36 (KHTML, like Gecko)';
  expect(deviceName(`Mozilla/5.0 (X11; Linux x86_64) ${webkit} Chrome/140.0 Safari/537.36`)).toBe(
    'Chrome on Linux',
  );
  expect(deviceName(`Mozilla/5.0 (Windows NT 10.0) ${webkit} Chrome/140.0 Safari/537.36 Edg/140.0`)).toBe(
    'Edge on Windows',
  );
  expect(
    deviceName('Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1'),
  ).toBe('Safari on iPhone');
  expect(deviceName('curl/8')).toBe('Browser on an unknown system');
});
