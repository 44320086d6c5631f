import { expect, test } from 'vitest';
import { encodeGuestCode } from './guestCode.ts';

test('[T51] the paper of a guest’s link holds a code with the whole address, and the address to be typed', () => {
  const url = 'https://orders.example.com/track/vV3t0r9kQm2yZ1x8w7u6sA';
  const bytes = Buffer.from(encodeGuestCode(url));
  // GS ( k, cn 49: store the data (fn 80) and print it (fn 81).
  const store = bytes.indexOf(
    Buffer.from([0x1d, 0x28, 0x6b, (url.length + 3) & 255, (url.length + 3) >> 8, 49, 80, 48]),
  );
  expect(store).toBeGreaterThan(0);
  expect(bytes.subarray(store + 8, store + 8 + url.length).toString('latin1')).toBe(url);
  expect(bytes.indexOf(Buffer.from([0x1d, 0x28, 0x6b, 3, 0, 49, 81, 48]))).toBeGreaterThan(store);
  const typed = bytes.toString('latin1').slice(store + 8 + url.length);
  expect(typed).toContain(url.slice(0, 42));
  expect(typed).toContain(url.slice(42));
});
