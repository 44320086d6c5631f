import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { seal, unseal } from './sealed.ts';

test('[PR26] what is sealed is read with its key alone, whole or not at all', () => {
  const key = randomBytes(32);
  const sealed = seal(key, 'https://orders.example.com/track/vV3t0r9kQm2yZ1x8w7u6sA');
  expect(sealed).not.toContain('track');
  expect(seal(key, 'x')).not.toBe(seal(key, 'x'));
  expect(unseal(key, sealed)).toBe('https://orders.example.com/track/vV3t0r9kQm2yZ1x8w7u6sA');
  expect(unseal(randomBytes(32), sealed)).toBeNull();
  expect(unseal(key, sealed.slice(0, -4))).toBeNull();
  for (const nonsense of ['', 'x', '%%%', 'A'.repeat(40)]) expect(unseal(key, nonsense)).toBeNull();
});
