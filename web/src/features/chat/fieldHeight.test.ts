import { describe, expect, it } from 'vitest';
import { fillsField } from './fieldHeight';

describe('the field for messages', () => {
  it('is full from ten lines on, or with a very long text', () => {
    expect(fillsField('')).toBe(false);
    expect(fillsField('a\n'.repeat(8))).toBe(false);
    expect(fillsField('a\n'.repeat(9))).toBe(true);
    expect(fillsField('a'.repeat(300))).toBe(false);
    expect(fillsField('a'.repeat(40_000))).toBe(true);
  });
});
