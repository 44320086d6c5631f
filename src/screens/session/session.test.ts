import { describe, expect, it } from 'vitest';
import type { Access, Reply } from './calls.ts';
import { readClaims } from './device.ts';
import { TokenRefused } from '../../sdk/tokens.ts';
import { Unreachable, createSession } from './session.ts';

const access = (token: string, expiresIn = 900): Reply<Access> => ({
  refused: false,
  body: { token, expiresIn, role: 'display', location: 'brasa' },
});
const refused = (status: number, more: object = {}): Reply<never> => ({
  refused: true,
  status,
  code: 'x',
  detail: 'no',
  ...more,
});

function setUp(answers: Reply<Access>[], calls: Partial<Parameters<typeof createSession>[0]['calls']> = {}) {
  const clock = { now: 0 };
  const log = { asked: 0, revoked: 0 };
  const session = createSession({
    place: { location: 'brasa', role: 'display' },
    source: () => Promise.resolve(answers[Math.min(log.asked++, answers.length - 1)] ?? 'unreachable'),
    calls: {
      pin: () => Promise.resolve('unreachable'),
      approve: () => Promise.resolve('unreachable'),
      ...calls,
    },
    now: () => clock.now,
    onRevoked: () => void (log.revoked += 1),
  });
  return { session, clock, log };
}

describe('the token of a screen', () => {
  it('[S50] is kept until a minute before its end, and asked for once by many', async () => {
    const { session, clock, log } = setUp([access('a'), access('b')]);
    expect(await Promise.all([session.token('connect'), session.token('command')])).toEqual(['a', 'a']);
    clock.now = 839_000;
    expect(await session.token('command')).toBe('a');
    clock.now = 841_000;
    expect(await session.token('command')).toBe('b');
    expect(log.asked).toBe(2);
  });

  it('[S50] is asked for anew when the server wants another one', async () => {
    const { session } = setUp([access('a'), access('b'), access('c')]);
    await session.token('connect');
    expect(await session.token('renew')).toBe('b');
    expect(await session.token('refused')).toBe('c');
  });

  it('[S51] a refused credential clears the board; no answer, and too many questions, do not', async () => {
    const gone = setUp([refused(401)]);
    await expect(gone.session.token('connect')).rejects.toBeInstanceOf(TokenRefused);
    expect(gone.log.revoked).toBe(1);
    for (const reply of ['unreachable' as const, refused(429)]) {
      const { session, log } = setUp([reply, access('later')]);
      await expect(session.token('connect')).rejects.toBeInstanceOf(Unreachable);
      expect(log.revoked).toBe(0);
      expect(await session.token('connect')).toBe('later');
    }
  });
});

describe('a person on a shared screen', () => {
  const pin = (): Promise<Reply<{ token: string; expiresIn: number; role: 'waiter'; name: string }>> =>
    Promise.resolve({
      refused: false,
      body: { token: 'maya', expiresIn: 600, role: 'waiter', name: 'Maya' },
    });

  it('[S52] acts with their own token until it ends, then the screen is nobody’s again', async () => {
    const { session, clock } = setUp([access('screen')], { pin });
    expect(await session.signIn('4001')).toEqual({ ok: true, person: { role: 'waiter', name: 'Maya' } });
    expect([await session.token('command'), session.get().role, session.get().person?.name]).toEqual([
      'maya',
      'waiter',
      'Maya',
    ]);
    clock.now = 600_001;
    expect(await session.token('command')).toBe('screen');
    expect([session.get().role, session.get().person]).toEqual(['display', null]);
  });

  it('[S52] signs out at once', async () => {
    const { session } = setUp([access('screen')], { pin });
    await session.signIn('4001');
    session.signOut();
    expect([await session.token('command'), session.get().person]).toEqual(['screen', null]);
  });

  it('[S53] a wrong PIN, too many tries and a missing server are told apart', async () => {
    const answer = async (reply: Reply<never>) =>
      setUp([access('screen')], { pin: () => Promise.resolve(reply) }).session.signIn('9999');
    expect(await answer(refused(401))).toEqual({ ok: false, why: 'wrong' });
    expect(await answer(refused(429, { retryAfter: 31.2 }))).toEqual({ ok: false, why: 'wait', seconds: 32 });
    expect(await answer('unreachable')).toEqual({ ok: false, why: 'offline' });
  });
});

it('[S54] reads the place from a token, with names in any script, and nothing from what is no token', () => {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  expect(readClaims(`${part({})}.${part({ loc: 'brasa', name: 'سارة' })}.x`)).toEqual({
    loc: 'brasa',
    name: 'سارة',
  });
  expect(readClaims('nonsense')).toBeNull();
  expect(readClaims('a.%%%.b')).toBeNull();
});

describe('a turn that a reload interrupts', () => {
  const tokenOf = (sub: string) => `x.${btoa(JSON.stringify({ sub }))}.y`;
  function shelf() {
    let text: string | null = null;
    return {
      get: () => text,
      set: (next: string) => void (text = next),
      remove: () => void (text = null),
    };
  }
  const open = (turn: ReturnType<typeof shelf>, now = 0, location = 'brasa') =>
    createSession({
      place: { location, role: 'display' },
      self: 'device:7',
      turn,
      source: () => Promise.resolve('unreachable'),
      calls: {
        pin: () =>
          Promise.resolve({
            refused: false,
            body: { token: tokenOf('staff:maya'), expiresIn: 600, role: 'waiter', name: 'Maya' },
          }),
        approve: () => Promise.resolve('unreachable'),
      },
      now: () => now,
      onRevoked: () => undefined,
    });

  it('[S55] is taken up again without the server, until the person’s token ends or they sign out', async () => {
    const turn = shelf();
    const screen = createSession({
      place: { location: 'brasa', role: 'display' },
      self: 'device:7',
      turn,
      source: () => Promise.resolve(access('screen')),
      calls: {
        pin: () =>
          Promise.resolve({
            refused: false,
            body: { token: tokenOf('staff:maya'), expiresIn: 600, role: 'waiter', name: 'Maya' },
          }),
        approve: () => Promise.resolve('unreachable'),
      },
      now: () => 0,
      onRevoked: () => undefined,
    });
    expect(screen.actor()).toEqual({ id: 'device:7' });
    await screen.signIn('4001');
    expect(screen.actor()).toEqual({ id: 'person:staff:maya', who: 'Maya' });

    const again = open(turn);
    expect(again.get()).toMatchObject({ role: 'waiter', person: { name: 'Maya' } });
    expect(await again.token('command')).toBe(tokenOf('staff:maya'));
    expect(again.actor()).toEqual(screen.actor());
    expect(open(turn, 600_001).get().person).toBeNull();
    expect(open(turn, 0, 'esquina').get().person).toBeNull();
    again.signOut();
    expect(open(turn).get().person).toBeNull();
  });

  it('[S55] is nothing where what was kept cannot be read', () => {
    const turn = shelf();
    for (const text of ['', 'null', '{}', '{"token":1}']) {
      turn.set(text);
      expect(open(turn).get().person).toBeNull();
    }
  });
});
