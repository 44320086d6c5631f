import { describe, expect, it } from 'vitest';
import { PROVIDERS } from './providers.ts';
import { SIMS } from './sims.ts';

describe('the list of simulators', () => {
  it('[SI1] each plays against an adapter that there is, one for each', () => {
    const played = SIMS.map(({ provider }) => provider);
    const adapters = PROVIDERS.map(({ id }) => id);
    expect(played.filter((id) => !adapters.includes(id))).toEqual([]);
    expect(played).toEqual([...new Set(played)]);
  });
});
