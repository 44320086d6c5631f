import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kite, signKite } from '../integrations/testing/kite.ts';
import { type HookHouse, startHookHouse } from '../testkit/hookHouse.ts';
import { useTestDatabase } from '../testkit/postgres.ts';

const database = useTestDatabase();
let house: HookHouse;

beforeAll(async () => {
  house = await startHookHouse(database(), [kite]);
  await house.addChannels('brasa', [
    { id: 'kite', provider: 'kite' },
    { id: 'ghost', provider: 'nobody' },
  ]);
});
afterAll(() => house.stop());

async function ask(
  path: string,
  body?: unknown,
  role: 'manager' | 'owner' | 'waiter' | 'partner' = 'manager',
  loc = 'brasa',
) {
  const answer = await fetch(`${house.url}/v1/locations/brasa${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${await house.server.token(role, { loc })}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, text: await answer.text() };
}
type Shown = { url: string; set: string[]; missing: string[]; oldUrlUntil: string | null };
const read = ({ text }: { text: string }) => JSON.parse(text) as Shown;

describe('the links of a location', () => {
  it('[IN24] are made by a manager: secrets go in, and no answer and no line of the log has them', async () => {
    const bare = await ask('/links', { channel: 'kite' });
    expect(read(bare)).toMatchObject({ set: [], missing: ['signingKey'] });
    const made = await ask('/links', {
      channel: 'kite',
      secrets: { signingKey: 'hush-hush-key', apiKey: 'hush-too' },
    });
    expect(read(made)).toMatchObject({ set: ['signingKey', 'apiKey'], missing: [], url: read(bare).url });
    const list = await ask('/links');
    for (const { text } of [made, list]) expect(text).not.toContain('hush');
    expect(JSON.parse(list.text)).toMatchObject({
      links: [{ channel: 'kite', provider: 'kite', lastDeliveryAt: null }],
      providers: [
        { id: 'kite', name: 'Kite', secrets: [{ id: 'signingKey' }, { id: 'apiKey', optional: true }] },
      ],
    });
    expect(JSON.stringify(house.server.lines)).not.toContain('hush');

    const raw = Buffer.from('{"id":"w","type":"weather"}');
    const { url } = read(made);
    const post = () =>
      fetch(url, { method: 'POST', headers: signKite(raw, 'hush-hush-key'), body: new Uint8Array(raw) });
    expect((await post()).status).toBe(200);
    const removed = await ask('/links', { channel: 'kite', secrets: { apiKey: null } });
    expect(read(removed).set).toEqual(['signingKey']);
    const rotated = await ask('/links/kite/rotate', { keepOld: false });
    expect(read(rotated).url).not.toBe(url);
    expect((await post()).status).toBe(404);
    expect((await ask('/links/kite/remove', {})).text).toBe('{"removed":true}');
    expect((await fetch(read(rotated).url, { method: 'POST', body: 'x' })).status).toBe(404);
  });

  it.each([
    ['an unknown channel', { channel: 'none' }, 'channel'],
    ['a channel without an adapter', { channel: 'ghost' }, 'channel'],
    ['an unknown secret', { channel: 'kite', secrets: { pin: 'x' } }, 'secrets.pin'],
    ['a sandbox that is none', { channel: 'kite', environment: 'sandbox' }, 'environment'],
    ['a base URL, which is the operator’s', { channel: 'kite', baseUrl: 'http://127.0.0.1' }, 'baseUrl'],
    ['a secret that no table holds', { channel: 'kite', secrets: { apiKey: 'a\u0000' } }, 'secrets.apiKey'],
  ])('[IN24] %s is refused by the field’s name', async (_what, body, path) => {
    const answer = await ask('/links', body);
    expect(answer.status).toBe(422);
    expect(JSON.parse(answer.text)).toMatchObject({ errors: [{ path }] });
  });

  it('[IN25] and deliveries are for owners and managers of the place alone', async () => {
    for (const path of ['/links', '/deliveries', `/deliveries/${crypto.randomUUID()}`])
      for (const role of ['waiter', 'partner'] as const)
        expect((await ask(path, undefined, role)).status).toBe(403);
    expect((await ask('/links', { channel: 'kite' }, 'waiter')).status).toBe(403);
    expect((await ask('/deliveries/replay', {}, 'partner')).status).toBe(403);
    expect((await ask('/links', undefined, 'manager', 'other')).status).toBe(404);
    expect((await ask('/deliveries', undefined, 'owner')).status).toBe(200);
    expect((await ask(`/deliveries/${crypto.randomUUID()}`)).status).toBe(404);
    expect((await ask('/deliveries/x/replay', {})).status).toBe(404);
  });

  it('[IN26] deliveries are read page by page, by channel and status, each once, and one as it came', async () => {
    const link = await house.link('brasa', 'kite', { signingKey: 'key' });
    for (let index = 0; index < 7; index += 1) {
      const raw = Buffer.from(JSON.stringify({ id: `page-${index}`, type: 'weather', text: 'año' }));
      await house.deliver(link, raw, signKite(raw, 'key'));
    }
    const seen: string[] = [];
    for (let cursor = ''; ;) {
      const { text } = await ask(`/deliveries?limit=3&channel=kite&status=ignored${cursor}`);
      const page = JSON.parse(text) as { deliveries: { id: string }[]; next: string | null };
      seen.push(...page.deliveries.map(({ id }) => id));
      if (page.next === null) break;
      cursor = `&cursor=${encodeURIComponent(page.next)}`;
    }
    expect(seen).toHaveLength(8);
    expect(new Set(seen).size).toBe(8);
    const one = JSON.parse((await ask(`/deliveries/${seen[0]}`)).text) as Record<string, unknown>;
    expect(one).toMatchObject({
      body: '{"id":"page-6","type":"weather","text":"año"}',
      encoding: 'utf-8',
      status: 'ignored',
      headers: { 'content-type': 'application/json' },
    });
    expect((await ask('/deliveries?cursor=nonsense')).status).toBe(422);
    expect((await ask('/deliveries?status=lost')).status).toBe(422);
    expect(JSON.parse((await ask('/deliveries?channel=none')).text)).toMatchObject({
      deliveries: [],
      next: null,
    });
  });

  it('[IN13] what was done more than six days ago is not done again: nobody remembers it', async () => {
    const link = await house.link('brasa', 'kite', { signingKey: 'key' });
    const raw = Buffer.from(JSON.stringify({ id: 'old', type: 'weather' }));
    await house.deliver(link, raw, signKite(raw, 'key'));
    await house.sql(
      `update inbox set received_at = received_at - interval '7 days' where dedupe_key = 'old'`,
    );
    const [row] = (await house.rows('brasa')).filter(({ dedupe_key: key }) => key === 'old');
    expect((await ask(`/deliveries/${row?.id}/replay`, {})).status).toBe(409);
    await house.sql(`update inbox set status = 'dead' where dedupe_key = 'old'`);
    expect((await ask(`/deliveries/${row?.id}/replay`, {})).status).toBe(200);
    await house.settle('brasa');
  });
});

describe('a database that is away', () => {
  it('[IN27] is a 503 that says when to come again; what is sent again then is stored once and worked', async () => {
    const link = await house.link('brasa', 'kite', { signingKey: 'key' });
    const raw = Buffer.from(
      JSON.stringify({ id: 'away', type: 'order.created', order: { id: 'away', items: [{ name: 'A' }] } }),
    );
    const name = database().name;
    await house.sql(`update pg_database set datallowconn = false where datname = '${name}'`);
    await house.sql(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}' and pid <> pg_backend_pid()`,
    );
    const refused = await house.deliver(link, raw, signKite(raw, 'key'));
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    await house.sql(`update pg_database set datallowconn = true where datname = '${name}'`);
    let status = 0;
    for (let tries = 0; tries < 100 && status !== 200; tries += 1) {
      ({ status } = await house.deliver(link, raw, signKite(raw, 'key')));
      if (status !== 200) await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(status).toBe(200);
    await house.settle('brasa', ['failed']);
    await house.settle('brasa');
    expect((await house.rows('brasa')).filter(({ dedupe_key: key }) => key === 'away')).toMatchObject([
      { status: 'done' },
    ]);
  });
});

describe('a link that was not there', () => {
  it('[PL29] once made, and not when nothing changed, has its platform told what is sold out', async () => {
    const item = (await house.state('brasa')).config?.menu.items[0]?.id ?? '';
    await house.say('brasa', 'menu.soldOut', { item });
    const asked = async () => {
      const { events = [] } = (await house.server.log.readEventsPage('brasa', 0, 1_000)) ?? {};
      return events.filter(
        ({ type, data }) =>
          type === 'channel.storeAsked' &&
          JSON.stringify(data).includes(`"item":"${item}"`) &&
          JSON.stringify(data).includes('"channel":"late"'),
      ).length;
    };
    await house.addChannels('brasa', [{ id: 'late', provider: 'kite' }]);
    expect(await asked()).toBe(0);
    const wish = { channel: 'late', secrets: { signingKey: 'hush-late' } };
    expect((await ask('/links', wish)).status).toBe(200);
    expect(await asked()).toBe(1);
    await ask('/links', wish);
    expect(await asked()).toBe(1);
  });
});
