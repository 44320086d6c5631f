import { describe, expect, it } from 'vitest';
import { LIMITS, waitAfter } from './backoff.ts';
import { checkPin, hashPin, randomPin } from './pin.ts';
import { createTokenReader, deriveKey, mintToken, readToken } from './tokens.ts';

describe('a PIN', () => {
  const pepper = Buffer.from('pepper');

  it('[H14] is kept as a slow digest of its own, worth nothing without the pepper', async () => {
    const [one, two] = await Promise.all([hashPin('4001', pepper), hashPin('4001', pepper)]);
    expect(one).not.toBe(two);
    expect(one).not.toContain('4001');
    expect(await checkPin('4001', one, pepper)).toBe(true);
    expect(await checkPin('4002', one, pepper)).toBe(false);
    expect(await checkPin('4001', one, Buffer.from('another'))).toBe(false);
    for (const broken of ['', '4001', 'scrypt$2$x$y', one.slice(0, -4)])
      expect(await checkPin('4001', broken, pepper)).toBe(false);
  });

  it('[H14] at random has the digits asked for', () => {
    for (let tries = 0; tries < 200; tries += 1) expect(randomPin(6)).toMatch(/^[1-9]\d{5}$/);
  });

  it('[H14] may be tried five times, then after ever longer waits', () => {
    expect(Array.from({ length: 9 }, (_, failures) => waitAfter(failures, LIMITS.device))).toEqual([
      0, 0, 0, 0, 0, 300, 600, 1200, 2400,
    ]);
    expect(waitAfter(50, LIMITS.device)).toBe(LIMITS.device.mostSeconds);
    // A patient thief: how many guesses a day one device gets.
    let [guesses, seconds] = [0, 0];
    while (seconds < 86_400) {
      guesses += 1;
      seconds += waitAfter(guesses, LIMITS.device);
    }
    expect(guesses).toBeLessThan(20);
  });
});

describe('an access token', () => {
  const secret = 'a secret of at least thirty-two characters';
  const claims = {
    sub: 'staff:maya',
    org: 'o',
    loc: 'l',
    role: 'waiter' as const,
    name: 'Maya',
    dev: 'd',
    st: ['grill'],
  };

  it('[H26] says what it was made to say', async () => {
    expect(await readToken(secret, await mintToken(secret, claims, 60))).toEqual({
      ok: true,
      claims: { ...claims, exp: expect.any(Number) },
    });
  });

  it('[H26] is refused when it is forged, of another server, or no token', async () => {
    const token = await mintToken(secret, claims, 60);
    const [head, body, signature = ''] = token.split('.');
    const raised = Buffer.from(JSON.stringify({ ...claims, role: 'owner', iss: 'heard', exp: 4e9 })).toString(
      'base64url',
    );
    const unsigned = Buffer.from('{"alg":"none"}').toString('base64url');
    for (const forged of [
      `${head}.${raised}.${signature}`,
      `${unsigned}.${raised}.`,
      `${head}.${body}.${signature.slice(1)}`,
      'x',
      '',
      'a.b.c',
      await mintToken(`${secret}!`, claims, 60),
    ]) {
      expect(await readToken(secret, forged)).toEqual({ ok: false, why: 'refused' });
    }
  });

  it('[H26] is told apart when it is only too old, also from memory', async () => {
    expect(await readToken(secret, await mintToken(secret, claims, -5))).toEqual({
      ok: false,
      why: 'expired',
    });
    let now = Date.now();
    const read = createTokenReader(secret, () => now);
    const token = await mintToken(secret, claims, 60);
    expect((await read(token)).ok).toBe(true);
    now += 61_000;
    expect(await read(token)).toEqual({ ok: false, why: 'expired' });
  });

  it('[H26] is signed with a key of its own', () => {
    const keys = (['token', 'input', 'pin', 'password', 'credential'] as const).map((purpose) =>
      deriveKey(secret, purpose).toString('hex'),
    );
    expect(new Set(keys).size).toBe(5);
  });
});
