import { describe, expect, it } from 'vitest';
import { createTokens, TokenRefused } from './tokens.ts';

describe('tokens', () => {
  it('[C107] one question at a time; a refused token is never answered from the cache', async () => {
    const asked: string[] = [];
    const tokens = createTokens(async (reason) => {
      asked.push(reason);
      await Promise.resolve();
      return `token-${asked.length}`;
    });
    expect(await Promise.all([tokens.get('connect'), tokens.get('connect'), tokens.get('command')])).toEqual([
      'token-1',
      'token-1',
      'token-1',
    ]);
    expect(await tokens.get('command')).toBe('token-1');
    expect(await Promise.all([tokens.get('refused'), tokens.get('refused')])).toEqual(['token-2', 'token-2']);
    expect(await tokens.get('command')).toBe('token-2');
    tokens.forget();
    expect(await tokens.get('command')).toBe('token-3');
    expect(asked).toEqual(['connect', 'refused', 'command']);
  });

  it('[C108] a provider that fails or answers no token is asked again the next time', async () => {
    let n = 0;
    const tokens = createTokens(() => {
      n += 1;
      if (n === 1) throw new TokenRefused('pair');
      return Promise.resolve(n === 2 ? '' : 'good');
    });
    await expect(tokens.get('command')).rejects.toMatchObject({
      name: 'TokenRefused',
      reason: 'pair',
      message: 'Pair this screen again.',
    });
    await expect(tokens.get('command')).rejects.toThrow(/token provider/);
    expect(await tokens.get('command')).toBe('good');
  });
});
