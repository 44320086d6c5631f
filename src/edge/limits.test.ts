import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FastifyInstance } from 'fastify';
import { Crowded, createAdmission } from './admission.ts';
import type { Admission } from './admission.ts';
import { createApp } from './app.ts';
import { createDoor } from './door.ts';
import { createLimits } from './limits.ts';
import { addressOf, createTrust } from './proxies.ts';
import { Buckets } from './rates.ts';
import { createTokenReader } from '../accounts/tokens.ts';
import { SECRET, token } from './testing/streamHouse.ts';

describe('a bucket', () => {
  test('[H95] gives what fits, says when there is one again, and fills evenly', () => {
    let now = 0;
    const buckets = new Buckets({ perSecond: 2, burst: 3 }, { now: () => now });
    expect([1, 2, 3].map(() => buckets.take('a'))).toEqual([0, 0, 0]);
    expect(buckets.take('a')).toBe(1);
    expect(buckets.take('b')).toBe(0);
    now = 500;
    expect([buckets.take('a'), buckets.take('a')]).toEqual([0, 1]);
    now = 60_000;
    expect([1, 2, 3, 4].map(() => buckets.take('a'))).toEqual([0, 0, 0, 1]);
    const slow = new Buckets({ perSecond: 0.1, burst: 1 }, { now: () => now });
    expect([slow.take('a'), slow.take('a')]).toEqual([0, 10]);
  });

  test('[H95] remembers no more than its bound, the longest quiet forgotten first', () => {
    const buckets = new Buckets({ perSecond: 0.001, burst: 1 }, { most: 3, now: () => 0 });
    for (const key of ['a', 'b', 'c', 'a', 'd']) buckets.take(key);
    expect(buckets.size).toBe(3);
    expect(buckets.take('a')).toBeGreaterThan(0);
    expect(buckets.take('b')).toBe(0);
  });
});

describe('where a request comes from', () => {
  const from = (remoteAddress: string, forwarded: string | undefined, trust: readonly string[]): string =>
    addressOf(
      { socket: { remoteAddress }, headers: { 'x-forwarded-for': forwarded } } as never,
      createTrust(trust),
    );

  test.each<[string, string, string | undefined, string[], string]>([
    ['nobody is trusted', '127.0.0.1', '1.2.3.4', [], '127.0.0.1'],
    ['a trusted proxy says it', '127.0.0.1', '1.2.3.4', ['127.0.0.0/8'], '1.2.3.4'],
    ['the visitor forged the left', '127.0.0.1', '9.9.9.9, 1.2.3.4', ['127.0.0.0/8'], '1.2.3.4'],
    ['two proxies in a row', '10.0.0.2', '1.2.3.4, 10.0.0.1', ['10.0.0.0/8'], '1.2.3.4'],
    ['a stranger forges it', '5.5.5.5', '1.2.3.4', ['127.0.0.0/8'], '5.5.5.5'],
    ['the proxy says nothing', '127.0.0.1', undefined, ['127.0.0.0/8'], '127.0.0.1'],
    ['IPv4 in the clothes of IPv6', '::ffff:127.0.0.1', '::ffff:1.2.3.4', ['127.0.0.0/8'], '1.2.3.4'],
    ['IPv6', '::1', '2001:db8::7', ['::1/128'], '2001:db8::7'],
  ])('[H96] %s', (_name, remote, forwarded, trust, address) => {
    expect(from(remote, forwarded, trust)).toBe(address);
  });
});

describe('the door counts', () => {
  let app: FastifyInstance;
  const refused: string[] = [];
  const open = async (trust: readonly string[] = []): Promise<void> => {
    const door = createDoor({
      readToken: createTokenReader(SECRET),
      isRevoked: () => false,
      readLocation: async () => null,
    });
    const limits = createLimits({
      rates: {
        address: { perSecond: 1, burst: 6 },
        badTokens: { perSecond: 1, burst: 2 },
        caller: { perSecond: 1, burst: 3 },
        guest: { perSecond: 1, burst: 2 },
      },
      onRefused: () => refused.push('rate'),
    });
    app = await createApp({ door, log: () => undefined, isTrusted: createTrust(trust), limits });
    app.get('/v1/thing', async () => 'yes');
  };
  const ask = async (
    bearer: string,
    remoteAddress = '8.8.8.8',
    forwarded?: string,
  ): Promise<{ status: number; retry: unknown; code: unknown }> => {
    const answer = await app.inject({
      url: '/v1/thing',
      remoteAddress,
      headers: {
        authorization: `Bearer ${bearer}`,
        ...(forwarded !== undefined && { 'x-forwarded-for': forwarded }),
      },
    });
    const isProblem = answer.headers['content-type']?.includes('problem') === true;
    return {
      status: answer.statusCode,
      retry: answer.headers['retry-after'],
      code: isProblem ? answer.json<{ code: string }>().code : null,
    };
  };
  beforeEach(() => open());
  afterEach(() => app.close());

  test('[H97] one device, person or program by itself, wherever it comes from', async () => {
    const one = await token({ dev: 'd1' });
    const statuses = [];
    for (const address of ['8.8.8.8', '8.8.4.4', '1.1.1.1', '9.9.9.9'])
      statuses.push((await ask(one, address)).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
    expect(await ask(one, '7.7.7.7')).toEqual({ status: 429, retry: '1', code: 'rate_limited' });
    expect((await ask(await token({ dev: 'd2' }), '7.7.7.7')).status).toBe(200);
  });

  test('[H97] one link of a guest, also on this machine', async () => {
    const guest = await token({ role: 'guest', ord: 'o1', sub: 'guest:1' });
    const statuses = [];
    for (let index = 0; index < 3; index += 1) statuses.push((await ask(guest, '127.0.0.1')).status);
    expect(statuses).toEqual([200, 200, 429]);
    expect((await ask(await token({ role: 'guest', ord: 'o2', sub: 'guest:2' }), '127.0.0.1')).status).toBe(
      200,
    );
  });

  test('[H97] one address: tokens that are none sooner, and all its requests', async () => {
    const statuses = [];
    for (let index = 0; index < 4; index += 1) statuses.push((await ask('a.b.c')).status);
    expect(statuses).toEqual([401, 401, 429, 429]);
    expect((await ask('a.b.c', '8.8.4.4')).status).toBe(401);
    for (let index = 0; index < 2; index += 1) await ask(await token({ dev: `x${index}` }));
    expect((await ask(await token({ dev: 'x3' }))).status).toBe(429);
    expect(refused.length).toBeGreaterThan(0);
  });

  test('[H97] this machine is not counted by address: an untrusted proxy makes everybody look like it', async () => {
    for (let index = 0; index < 12; index += 1) expect((await ask('a.b.c', '127.0.0.1')).status).toBe(401);
  });

  test('[H96] behind a trusted proxy each visitor is counted for itself, and a forged hop does not help', async () => {
    await app.close();
    await open(['127.0.0.0/8']);
    const statuses = [];
    for (const hop of ['1.1.1.1', '2.2.2.2', '3.3.3.3'])
      statuses.push((await ask('a.b.c', '127.0.0.1', `${hop}, 8.8.8.8`)).status);
    expect(statuses).toEqual([401, 401, 429]);
    expect((await ask('a.b.c', '127.0.0.1', '8.8.4.4')).status).toBe(401);
  });
});

describe('admission', () => {
  const made: Admission[] = [];
  const admit = (...options: Parameters<typeof createAdmission>): Admission => {
    const admission = createAdmission(...options);
    made.push(admission);
    return admission;
  };
  afterEach(() => {
    for (const admission of made.splice(0)) admission.stop();
  });

  test('[H98] lets in as many new streams as it can serve, and tells the rest when to come back', () => {
    let now = 0;
    const admission = admit({
      limits: { handshakes: 10, handshakeBurst: 10 },
      delayMs: () => 0,
      now: () => now,
    });
    const first = Array.from({ length: 12 }, () => admission.handshake());
    expect(first.filter((seconds) => seconds === 0)).toHaveLength(8);
    expect(first.at(-1)).toBe(1);
    expect([
      admission.handshake('kitchen'),
      admission.handshake('expo'),
      admission.handshake('kitchen'),
    ]).toEqual([0, 0, 1]);
    now = 1_000;
    expect(
      Array.from({ length: 12 }, () => admission.handshake()).filter((seconds) => seconds === 0),
    ).toHaveLength(8);
  });

  test('[H98] sends a crowd away for longer and longer, so that it does not come back together', () => {
    let now = 0;
    const admission = admit({
      limits: { handshakes: 100, handshakeBurst: 100 },
      delayMs: () => 0,
      now: () => now,
    });
    const waits = Array.from({ length: 1_080 }, () => admission.handshake());
    expect(waits.filter((seconds) => seconds === 0)).toHaveLength(80);
    expect([waits[80], waits[380], waits.at(-1)]).toEqual([1, 4, 10]);
    // All of them come back when they were told to, and nobody is sent away twice for long.
    let left = 0;
    for (let second = 1; second <= 10; second += 1) {
      now = second * 1_000;
      const back = waits.filter((seconds) => seconds === second).length;
      for (let index = 0; index < back; index += 1) if (admission.handshake() > 0) left += 1;
    }
    expect(left).toBeLessThan(250);
  });

  test('[H98] closes the door when the event loop is late, and the wait that it names grows', () => {
    let [now, delay] = [0, 0];
    const admission = admit({
      limits: { handshakes: 100, handshakeBurst: 100 },
      delayMs: () => delay,
      now: () => now,
    });
    const comes = (): number => {
      let count = 0;
      for (let step = 0; step < 100; step += 1) {
        now += 10;
        for (let index = 0; index < 5; index += 1) if (admission.handshake() === 0) count += 1;
      }
      return count;
    };
    comes();
    const atEase = comes();
    delay = 1_200;
    const strained = comes();
    expect(atEase).toBeGreaterThan(90);
    expect(strained).toBeGreaterThan(20);
    expect(strained).toBeLessThan(atEase / 2);
  });

  test('[H99] brings up to date a few at once, the kitchen in front and with places of its own', async () => {
    const admission = admit({ limits: { catchUps: 3, reserved: 1 }, delayMs: () => 0 });
    const leave = [await admission.catchUp('waiter'), await admission.catchUp('waiter')];
    const order: string[] = [];
    const later = (['waiter', 'manager'] as const).map(async (role) => {
      const done = await admission.catchUp(role);
      order.push(role);
      done();
    });
    leave.push(await admission.catchUp('kitchen'));
    expect(admission.load).toMatchObject({ catchUps: 3, waiting: 2 });
    later.push(
      admission.catchUp('expo').then((done) => {
        order.push('expo');
        done();
      }),
    );
    for (const go of leave) go();
    await Promise.all(later);
    expect(order).toEqual(['expo', 'waiter', 'manager']);
    expect(admission.load).toMatchObject({ catchUps: 0, waiting: 0 });
  });

  test('[H99] who waits too long, or finds the line full, is told when to come back', async () => {
    const refused: string[] = [];
    const admission = admit({
      limits: { catchUps: 2, reserved: 1, line: 1, patienceMs: 60 },
      delayMs: () => 0,
      onRefused: (kind) => refused.push(kind),
    });
    const leave = await admission.catchUp('waiter');
    const waiting = admission.catchUp('waiter');
    await expect(admission.catchUp('waiter')).rejects.toBeInstanceOf(Crowded);
    await expect(waiting).rejects.toMatchObject({ retryAfter: 1 });
    leave();
    leave();
    expect(admission.load).toMatchObject({ catchUps: 0, waiting: 0, refused: 2 });
    expect(refused).toEqual(['catch_up', 'catch_up']);
  });

  test('[H99] the pace of reconnects that ready names follows the line', async () => {
    const admission = admit({ limits: { catchUps: 2, reserved: 1 }, delayMs: () => 0 });
    expect(admission.retry).toEqual({ min: 1_000, max: 8_000 });
    const leave = await admission.catchUp('waiter');
    const many = Array.from({ length: 800 }, () => admission.catchUp('waiter').then((done) => done()));
    expect(admission.retry).toEqual({ min: 5_000, max: 20_000 });
    leave();
    await Promise.all(many);
    expect(admission.retry).toEqual({ min: 1_000, max: 8_000 });
  });
});
