import { describe, expect, it } from 'vitest';
import { hmac, isSame } from './signatures.ts';

describe('a signature', () => {
  it('[IN1] is the same only when every byte of it is, and nothing equals what is not there', () => {
    expect(isSame('abc', 'abc')).toBe(true);
    for (const given of ['abd', 'ab', 'abcd', '', 'ABC', ' abc', undefined])
      expect(isSame(given, 'abc')).toBe(false);
    expect(isSame('', '')).toBe(false);
    expect(isSame(undefined, '')).toBe(false);
  });

  it('[IN1] is made over the parts as one text, the vector of RFC 4231 among them', () => {
    expect(hmac('sha256', 'Jefe', ['what do ya want ', Buffer.from('for nothing?')], 'hex')).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
    expect(hmac('sha1', 'k', ['a', 'b'], 'base64')).toBe(hmac('sha1', 'k', ['ab'], 'base64'));
  });
});
