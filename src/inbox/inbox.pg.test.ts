import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChannelLink } from '../accounts/channelLinks.ts';
import { kite, signKite } from '../integrations/testing/kite.ts';
import type { Provider } from '../integrations/provider.ts';
import { type HookHouse, startHookHouse } from '../testkit/hookHouse.ts';
import { useTestDatabase } from '../testkit/postgres.ts';

const database = useTestDatabase();
const KEY = 'kite-signing-key-of-the-tests';
let house: HookHouse;
let link: ChannelLink;
let count = 0;
/** What the adapter under test does instead of its own work. */
let instead: Provider['work'] | null = null;
let thinking: (() => Promise<void>) | null = null;

const adapter: Provider = {
  ...kite,
  work: (delivery, tools) => (instead ?? kite.work)(delivery, tools),
  respond: {
    wanted: ({ event }) => event === 'kitchen.question',
    withinMs: 300,
    answer: async (delivery, tools) => {
      await thinking?.();
      return (await kite.respond?.answer(delivery, tools)) ?? { status: 200 };
    },
  },
};

beforeAll(async () => {
  house = await startHookHouse(database(), [adapter]);
  await house.addChannels('brasa', [
    { id: 'kite', provider: 'kite', store: 'store-1' },
    { id: 'bare', provider: 'kite' },
  ]);
  await house.addChannels('esquina', [{ id: 'kite-east', provider: 'kite', store: 'store-2' }]);
  await house.addChannels('other', [{ id: 'kite', provider: 'kite', store: 'store-3' }]);
  link = await house.link('brasa', 'kite', { signingKey: KEY });
});
afterAll(() => house.stop());

const orderOf = (id: string, more: object = {}) => ({
  id: `e-${id}-created`,
  type: 'order.created',
  order: { id, items: [{ name: 'Arepa', price: 900, qty: 2 }], ...more },
});
const next = (): string => `k${(count += 1)}`;

function send(
  body: unknown,
  more: { key?: string; to?: ChannelLink; headers?: Record<string, string> } = {},
) {
  const raw = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return house.deliver(more.to ?? link, raw, { ...signKite(raw, more.key ?? KEY), ...more.headers });
}
const rowsOf = async (key: string, location = 'brasa') =>
  (await house.rows(location)).filter(({ dedupe_key: one }) => one === key);

async function ask(path: string, body?: unknown, role: 'manager' | 'waiter' = 'manager', location = 'brasa') {
  const answer = await fetch(`${house.url}/v1/locations/${location}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${await house.server.token(role, { loc: location })}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, never> };
}

describe('a delivery', () => {
  it('[IN3] is stored, answered as its provider wants, and worked: an order stands in the kitchen', async () => {
    const id = next();
    const answer = await send(orderOf(id));
    expect(answer).toMatchObject({ status: 200, text: '' });
    await house.settle('brasa');
    const [row] = await rowsOf(`e-${id}-created`);
    expect(row).toMatchObject({ status: 'done', event: 'order.created', channel: 'kite', attempts: 1 });
    const { orders } = await house.state('brasa');
    const placed = [...orders.values()].find((order) => order.externalId === id);
    expect(placed?.source).toBe('kite');
    expect(placed?.items).toHaveLength(1);
  });

  it('[IN4] that is repeated hears the same, is counted, and changes nothing', async () => {
    const id = next();
    await send(orderOf(id));
    await house.settle('brasa');
    const head = await house.server.head('brasa');
    const again = await Promise.all([1, 2, 3, 4].map(() => send(orderOf(id))));
    expect(again.map(({ status, text }) => `${status}${text}`)).toEqual(['200', '200', '200', '200']);
    expect(await rowsOf(`e-${id}-created`)).toMatchObject([{ status: 'done', repeats: 4 }]);
    expect(await house.server.head('brasa')).toBe(head);
  });

  it('[IN4] that comes ten times at once is one row and one order', async () => {
    const id = next();
    const answers = await Promise.all(Array.from({ length: 10 }, () => send(orderOf(id))));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    await house.settle('brasa');
    expect(await rowsOf(`e-${id}-created`)).toMatchObject([{ status: 'done', repeats: 9 }]);
    const orders = [...(await house.state('brasa')).orders.values()];
    expect(orders.filter(({ externalId }) => externalId === id)).toHaveLength(1);
  });

  it('[IN5] with a wrong, a missing or another’s signature is a 401, and nothing of it is kept', async () => {
    const before = (await house.rows('brasa')).length;
    const raw = Buffer.from(JSON.stringify(orderOf(next())));
    for (const headers of [
      signKite(raw, 'another key'),
      { ...signKite(raw, KEY), 'x-kite-signature': '' },
      { 'content-type': 'application/json' },
      signKite(Buffer.from(`${raw.toString()} `), KEY),
    ]) {
      const answer = await house.deliver(link, raw, headers);
      expect(answer.status).toBe(401);
      expect(answer.headers.get('content-type')).toContain('problem+json');
    }
    expect((await house.rows('brasa')).length).toBe(before);
    expect(await house.server.metrics.render(null)).toMatch(
      /heard_deliveries_total\{provider="kite",outcome="unproved"\} \d/,
    );
  });

  it('[IN6] to no address, another provider’s or a malformed one is the same 404', async () => {
    const raw = Buffer.from('{}');
    const headers = signKite(raw, KEY);
    const address = link.address ?? '';
    const answers = await Promise.all([
      house.deliver({ provider: 'kite', address: 'A'.repeat(27) }, raw, headers),
      house.deliver({ provider: 'kite', address: `${address}x` }, raw, headers),
      house.deliver({ provider: 'kite', address: '%00' }, raw, headers),
      house.deliver({ provider: 'nobody', address }, raw, headers),
      house.deliver({ provider: 'kite', address: address.toLowerCase() }, raw, headers),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404]);
    const bodies = answers.map(({ text }) => (JSON.parse(text) as { detail: string }).detail);
    expect(new Set(bodies).size).toBe(1);
  });

  it('[IN7] of a kind that nobody knows, that is no JSON, or that calls itself something odd, is stored, answered and counted', async () => {
    expect((await send({ id: 'strange-1', type: 'weather.changed' })).status).toBe(200);
    expect((await send('no json at all')).status).toBe(200);
    expect((await send('')).status).toBe(200);
    expect((await send({ id: 'a\u0000b', type: 'half \ud83d an emoji\u0000' })).status).toBe(200);
    expect(
      (await house.deliver(link, Buffer.from([0xff, 0xfe]), signKite(Buffer.from([0xff, 0xfe]), KEY))).status,
    ).toBe(200);
    for (const type of ['', 'json', 'text/plain', 'multipart/form-data'])
      expect(
        (await send({ id: `typed-${type}`, type: 'x' }, { headers: { 'content-type': type } })).status,
        `content-type: ${type}`,
      ).toBe(200);
    const rows = (await house.rows('brasa')).filter(({ status }) => status === 'ignored');
    expect(rows.map(({ event }) => event)).toEqual(
      expect.arrayContaining(['weather.changed', 'unknown', 'half \ufffd an emoji\ufffd']),
    );
  });

  it('[IN8] keeps no authorization and no secret, and a body above 1 MB is refused', async () => {
    const id = next();
    await send(orderOf(id), {
      headers: { authorization: 'Bearer abc', cookie: 'a=b', 'x-token': `key ${KEY}`, 'x-plain': 'kept' },
    });
    const [row] = await rowsOf(`e-${id}-created`);
    expect(row?.headers).toMatchObject({ 'x-plain': 'kept', 'x-token': '…' });
    expect(Object.keys(row?.headers ?? {})).not.toContain('authorization');
    expect(JSON.stringify(row?.headers)).not.toContain(KEY);
    const large = await send({ id: 'large', type: 'x', text: 'x'.repeat(1_100_000) });
    expect(large.status).toBe(413);
    expect(await rowsOf('large')).toEqual([]);
  });

  it('[IN9] to a channel whose secrets are not set opens for nobody', async () => {
    const bare = await house.link('brasa', 'bare', {});
    const raw = Buffer.from(JSON.stringify(orderOf(next())));
    expect((await house.deliver(bare, raw, signKite(raw, ''))).status).toBe(401);
    expect((await house.deliver(bare, raw, {}, { method: 'GET' })).status).toBe(404);
  });

  it('[IN10] for another restaurant of the same organization is that one’s; for a stranger’s it stays', async () => {
    await house.link('esquina', 'kite-east', { signingKey: 'another' });
    await house.link('other', 'kite', { signingKey: 'third' });
    await send({ ...orderOf('east'), store: 'store-2' });
    expect(await rowsOf('e-east-created', 'esquina')).toMatchObject([{ channel: 'kite-east' }]);
    await send({ ...orderOf('far'), store: 'store-3' });
    expect(await rowsOf('e-far-created', 'other')).toEqual([]);
    expect(await rowsOf('e-far-created', 'brasa')).toHaveLength(1);
    await house.settle('esquina');
    await house.settle('brasa');
  });
});

describe('the work', () => {
  it('[IN11] that fails is tried again, with the reason in the list', async () => {
    let tries = 0;
    instead = async (delivery, tools) => {
      tries += 1;
      if (tries === 1) throw new Error('the platform\u0000 is away');
      return kite.work(delivery, tools);
    };
    const id = next();
    await send(orderOf(id));
    for (let looked = 0; looked < 200 && tries === 0; looked += 1) await sleep(10);
    for (let looked = 0; looked < 200; looked += 1) {
      const [row] = await rowsOf(`e-${id}-created`);
      if (row?.status === 'failed') {
        expect(row.reason).toBe('the platform\ufffd is away');
        break;
      }
      await sleep(10);
    }
    await house.settle('brasa');
    instead = null;
    expect(await rowsOf(`e-${id}-created`)).toMatchObject([{ status: 'done', attempts: 2, reason: null }]);
  });

  it('[IN12] of one queue is done one after the other, in the order in which it came', async () => {
    const seen: string[] = [];
    let inside = 0;
    instead = async (delivery) => {
      inside += 1;
      expect(inside).toBe(1);
      await sleep(20);
      inside -= 1;
      seen.push(delivery.key);
      return 'done';
    };
    for (const step of ['a', 'b', 'c', 'd', 'e'])
      await send({ id: `q-${step}`, type: 'order.created', order: { id: 'queue' } });
    await house.settle('brasa');
    instead = null;
    expect(seen).toEqual(['q-a', 'q-b', 'q-c', 'q-d', 'q-e']);
  });

  it('[IN13] that nobody can do any more is dead, and a manager has it done again, once', async () => {
    instead = async () => {
      throw new Error('never');
    };
    const id = next();
    await send(orderOf(id));
    for (let looked = 0; looked < 300; looked += 1) {
      if ((await rowsOf(`e-${id}-created`))[0]?.status === 'failed') break;
      await sleep(10);
    }
    // The row says so before the job is put back to rest.
    const resting = `select 1 from graphile_worker._private_jobs where key like 'brasa hook/%' and locked_at is null and last_error is not null`;
    for (let looked = 0; looked < 1_000 && (await house.sql(resting)).length === 0; looked += 1)
      await sleep(10);
    // What half an hour of pauses would come to.
    await house.sql(
      `update graphile_worker._private_jobs set attempts = max_attempts - 1, run_at = now() where key like 'brasa hook/%'`,
    );
    await house.settle('brasa');
    const dead = (await rowsOf(`e-${id}-created`))[0];
    expect(dead).toMatchObject({ status: 'dead', reason: 'never' });

    const list = await ask('/deliveries?status=dead');
    expect(list.body).toMatchObject({
      deliveries: [{ id: dead?.id, status: 'dead', reason: 'never' }],
      open: { dead: 1 },
    });
    instead = null;
    expect((await ask(`/deliveries/${dead?.id}/replay`, {}, 'waiter')).status).toBe(403);
    expect((await ask('/deliveries/replay', {})).body).toEqual({ replayed: 1 });
    await house.settle('brasa');
    expect(await rowsOf(`e-${id}-created`)).toMatchObject([{ status: 'done', replays: 1 }]);
    const head = await house.server.head('brasa');
    expect((await ask(`/deliveries/${dead?.id}/replay`, {})).body).toEqual({ replayed: 1 });
    await house.settle('brasa');
    expect(await rowsOf(`e-${id}-created`)).toMatchObject([{ status: 'done', replays: 2 }]);
    expect(await house.server.head('brasa')).toBe(head);
  });
});

describe('a sender that waits', () => {
  const question = (id: string) => ({ id, type: 'kitchen.question' });

  it('[IN14] hears what was thought out, and a repeat the same words', async () => {
    const first = await send(question('ask-1'));
    expect(first.status).toBe(200);
    expect(first.headers.get('content-type')).toContain('application/json');
    await send(orderOf(next()));
    await house.settle('brasa');
    expect((await send(question('ask-1'))).text).toBe(first.text);
    expect(await rowsOf('ask-1')).toMatchObject([{ status: 'done', repeats: 1, attempts: 1 }]);
  });

  it('[IN14] hears something else in time when that takes too long', async () => {
    thinking = () => sleep(1_200);
    const started = performance.now();
    const answer = await send(question('ask-2'));
    thinking = null;
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(JSON.parse(answer.text)).toEqual({ minutes: 30 });
    // The thought came to an end, and is what a repeat hears.
    for (let looked = 0; looked < 300 && (await rowsOf('ask-2'))[0]?.status !== 'done'; looked += 1)
      await sleep(10);
    expect(JSON.parse((await send(question('ask-2'))).text)).not.toEqual({ minutes: 30 });
  });
});
