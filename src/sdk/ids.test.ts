import { describe, expect, it } from 'vitest';
import { uuid } from '../domain/text.ts';
import { mintId } from './ids.ts';

describe('ids', () => {
  it('[C85] are UUIDs of version 7 that the server takes, each its own, in the order of time', () => {
    const ids = Array.from({ length: 2000 }, (_, n) => mintId(1_769_882_400_000 + n));
    for (const id of ids) {
      expect(uuid.parse(id)).toBe(id);
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }
    expect(new Set(ids).size).toBe(2000);
    expect(ids.toSorted()).toEqual(ids);
    expect(Number.parseInt((ids[0] ?? '').replace('-', '').slice(0, 12), 16)).toBe(1_769_882_400_000);
  });

  it('[C86] are minted without crypto.randomUUID, which a plain-http page does not have', () => {
    const had = Object.getOwnPropertyDescriptor(Crypto.prototype, 'randomUUID');
    Object.defineProperty(Crypto.prototype, 'randomUUID', { value: undefined, configurable: true });
    try {
      expect(mintId()).toHaveLength(36);
    } finally {
      if (had) Object.defineProperty(Crypto.prototype, 'randomUUID', had);
    }
  });
});
