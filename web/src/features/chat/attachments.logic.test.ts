import { describe, expect, it } from 'vitest';
import {
  base64Length,
  DEFAULT_LIMITS,
  freshName,
  kindOf,
  messageBytes,
  pastesFiles,
  renamed,
  roomFor,
  scaledTo,
  tokensAbout,
} from './attachments.logic';

const bytes = (...values: (number | string)[]) =>
  new Uint8Array(
    values.flatMap((value) => (typeof value === 'string' ? [...new TextEncoder().encode(value)] : [value])),
  );

describe('the kind of a file', () => {
  it('is told by its first bytes, whatever it is called', () => {
    const png = bytes(0x89, 'PNG\r\n', 0x1a, '\n', 0, 0);
    expect(kindOf(png, 'text/plain')).toEqual({ kind: 'image', mediaType: 'image/png' });
    expect(kindOf(bytes(0xff, 0xd8, 0xff, 0xe0), '')).toEqual({ kind: 'image', mediaType: 'image/jpeg' });
    expect(kindOf(bytes('GIF89a...'), '')).toEqual({ kind: 'image', mediaType: 'image/gif' });
    expect(kindOf(bytes('RIFF', 1, 2, 3, 4, 'WEBPVP8 '), '')).toEqual({
      kind: 'image',
      mediaType: 'image/webp',
    });
  });
  it('knows pictures that have to be turned into another form first', () => {
    expect(kindOf(bytes(0, 0, 0, 24, 'ftypheic'), 'image/heic')).toEqual({ kind: 'foreign-image' });
    expect(kindOf(bytes(0, 0, 0, 24, 'ftypavif'), '')).toEqual({ kind: 'foreign-image' });
  });
  it('is text when it reads as UTF-8, and keeps only types the gateway knows', () => {
    const utf8 = { kind: 'text', encoding: 'utf-8' };
    expect(kindOf(bytes('fn main() {}'), 'text/rust')).toEqual({ ...utf8, mediaType: 'text/rust' });
    expect(kindOf(bytes('{}'), 'application/json; charset=utf-8')).toEqual({
      ...utf8,
      mediaType: 'application/json',
    });
    expect(kindOf(bytes('a,b\n'), 'application/vnd.ms-excel')).toEqual({ ...utf8, mediaType: 'text/plain' });
    expect(kindOf(bytes('größe'), '')).toEqual({ ...utf8, mediaType: 'text/plain' });
    expect(kindOf(bytes(0xff, 0xfe, 'h', 0, 'i', 0), '')).toMatchObject({ encoding: 'utf-16le' });
  });
  it('is neither for the rest, however it is called', () => {
    expect(kindOf(bytes('%PDF-1.7', 0xe2, 0xe3), 'text/plain')).toEqual({ kind: 'other' });
    expect(kindOf(bytes('a', 0, 'b'), 'text/plain')).toEqual({ kind: 'other' });
    expect(kindOf(bytes('ftyp'), '')).toMatchObject({ kind: 'text' });
    expect(kindOf(bytes('BM is how it begins'), '')).toMatchObject({ kind: 'text' });
    expect(kindOf(new Uint8Array(), 'text/plain')).toEqual({ kind: 'empty' });
  });
});

describe('room', () => {
  it('counts what base64 and JSON add', () => {
    expect([0, 1, 3, 4].map(base64Length)).toEqual([0, 4, 4, 8]);
    expect(messageBytes('"', [])).toBe(messageBytes('', []) + 2);
  });
  it('is never promised where the frame would not fit', () => {
    const limits = { ...DEFAULT_LIMITS, max_message_bytes: 100_000, max_attachment_bytes: 90_000 };
    const files: { size: number }[] = [];
    for (let round = 0; round < 5; round++) {
      const room = roomFor('text', files, limits);
      if (room === 0) break;
      files.push({ size: room });
      expect(messageBytes('text', files)).toBeLessThanOrEqual(limits.max_message_bytes);
    }
    expect(files).toHaveLength(1);
    expect(roomFor('text', [{ size: 90_000 }], limits)).toBe(0);
    expect(roomFor('', [], { ...limits, max_attachment_bytes: 10 })).toBe(10);
  });
});

it('pictures are scaled when they are too large in bytes or in pixels, and keep their shape', () => {
  expect(scaledTo(800, 600, 1_000, 2_000)).toBeNull();
  expect(scaledTo(800, 600, 3_000, 2_000)).toEqual({ width: 800, height: 600 });
  expect(scaledTo(8_192, 4_096, 1_000, 2_000)).toEqual({ width: 2_048, height: 1_024 });
  expect(scaledTo(1, 50_000, 1_000, 2_000)).toEqual({ width: 1, height: 2_048 });
});

it('names stay apart', () => {
  expect(freshName('image.png', [])).toBe('image.png');
  expect(freshName('image.png', ['image.png', 'image-2.png'])).toBe('image-3.png');
  expect(freshName('.env', ['.env'])).toBe('.env-2');
  expect(renamed('photo.heic', 'image/jpeg')).toBe('photo.jpg');
});

it('a paste from an office program is its text, a paste of a file is the file', () => {
  expect(pastesFiles(['Files'], 1, '')).toBe(true);
  expect(pastesFiles(['text/html', 'Files'], 1, '')).toBe(true);
  expect(pastesFiles(['text/plain', 'Files'], 1, 'photo.jpg')).toBe(true);
  expect(pastesFiles(['text/plain', 'text/html', 'Files'], 1, 'a cell')).toBe(false);
  expect(pastesFiles(['text/plain'], 0, 'words')).toBe(false);
});

it('tokens are guessed for alphabets and for scripts without spaces', () => {
  expect(tokensAbout('four letters and more')).toBe(6);
  expect(tokensAbout('天地玄黃')).toBe(4);
});
