import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestServer, startTestServer } from '../testkit/insideServer.ts';
import { useTestDatabase } from '../testkit/postgres.ts';

const database = useTestDatabase();
let server: TestServer;
let boss: string;
beforeAll(async () => {
  server = await startTestServer(database());
  await server.log.createOrganization('corner-group', 'Corner Group');
  await server.log.createLocation('corner-group', 'corner', 'Corner');
  boss = await server.token('owner', { loc: 'corner', org: 'corner-group', sub: 'user:olga', name: 'Olga' });
});
afterAll(() => server.stop());

type Body = Record<string, unknown>;
async function call(path: string, body?: unknown, token = boss, headers: Record<string, string> = {}) {
  const response = await server.edge.app.inject({
    method: body === undefined ? 'GET' : 'POST',
    url: `/v1/locations/${path}`,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { payload: JSON.stringify(body) }),
  });
  return { status: response.statusCode, body: (response.body === '' ? {} : response.json()) as Body };
}
const publish = (revision: unknown, token = boss, place = 'corner') =>
  call(`${place}/setup/publish`, { revision }, token, { 'idempotency-key': crypto.randomUUID() });

const corner = {
  name: 'Corner',
  stations: [{ id: 'grill', name: 'Grill', printer: 'prn' }],
  printers: [{ id: 'prn' }],
  tables: [{ id: 'T1' }],
  courses: [{ number: 1, name: 'All' }],
  menu: {
    categories: [{ id: 'mains', name: 'Mains', stations: ['grill'] }],
    items: [{ id: 'soup', name: 'Soup', category: 'mains', price: 600 }],
  },
};

describe('setting up a house', () => {
  it('[SU3] a place without a configuration has a draft that survives, is checked, and is published by one command', async () => {
    const begun = await call('corner/setup');
    expect(begun.body).toMatchObject({
      version: 0,
      published: null,
      draft: null,
      problems: [],
      findings: [],
    });
    const half = await call('corner/setup/draft', { config: { name: 'Corner' }, revision: 0, base: 0 });
    expect(half).toMatchObject({ status: 200, body: { revision: 1, version: 0 } });
    expect(half.body['problems']).toEqual([{ path: 'stations', message: 'is missing' }]);
    expect((await publish(1)).status).toBe(422);
    const lossy = { ...corner, menu: { ...corner.menu, categories: [{ id: 'mains', name: 'Mains' }] } };
    const kept = await call('corner/setup/draft', { config: lossy, revision: 1, base: 0 });
    expect(kept.body['findings']).toMatchObject([
      { severity: 'warning', rule: 'no-work', path: 'stations.0' },
      { severity: 'error', rule: 'unroutable', path: 'menu.items.0', values: { item: 'Soup' } },
    ]);
    const refused = await publish(2);
    expect(refused).toMatchObject({ status: 422, body: { code: 'invalid_input' } });
    expect(refused.body['errors']).toMatchObject([{ path: 'menu.items.0' }]);
    expect(await server.head('corner')).toBe(0);

    const whole = await call('corner/setup/draft', { config: corner, revision: 2, base: 0 });
    expect(whole.body).toMatchObject({ revision: 3, problems: [], findings: [] });
    expect((await call('corner/setup')).body).toMatchObject({
      draft: { config: corner, by: 'Olga', revision: 3 },
    });
    expect(await publish(3)).toMatchObject({ status: 200, body: { seq: 1, version: 1 } });
    expect((await call('corner/setup')).body).toMatchObject({
      version: 1,
      published: { name: 'Corner' },
      draft: null,
    });
    const [event] = await server.log.readTail('corner', 0);
    expect(event).toMatchObject({ type: 'location.configured', by: { id: 'user:olga', name: 'Olga' } });
  });

  it('[SU4] who saves over a colleague’s draft is told whose it is, and nothing is written over', async () => {
    const ana = await server.token('manager', {
      loc: 'corner',
      org: 'corner-group',
      sub: 'user:ana',
      name: 'Ana',
    });
    const mine = await call('corner/setup/draft', { config: { ...corner, name: 'A' }, revision: 0, base: 1 });
    expect(mine.body['revision']).toBe(1);
    expect((await call('corner/setup/draft', { config: corner, revision: 0, base: 1 }, ana)).status).toBe(
      409,
    );
    expect(
      (await call('corner/setup/draft', { config: { ...corner, name: 'B' }, revision: 1, base: 1 }, ana))
        .status,
    ).toBe(200);
    const late = await call('corner/setup/draft', { config: { ...corner, name: 'C' }, revision: 1, base: 1 });
    expect(late).toMatchObject({
      status: 409,
      body: { code: 'conflict', detail: expect.stringContaining('Ana') },
    });
    expect((await call('corner/setup')).body).toMatchObject({ draft: { config: { name: 'B' }, by: 'Ana' } });
    expect((await call('corner/setup/discard', { revision: 1 })).status).toBe(409);
    expect((await call('corner/setup/discard', { revision: 2 })).status).toBe(204);
  });

  it('[SU5] what somebody published meanwhile is not written over; after a merge it is published', async () => {
    await call('corner/setup/draft', { config: { ...corner, name: 'Mine' }, revision: 0, base: 1 });
    const outside = await server.command(
      boss,
      'location.configure',
      { config: { ...corner, dayEndsAt: 5 } },
      { location: 'corner' },
    );
    expect(outside.status).toBe(200);
    const refused = await publish(1);
    expect(refused).toMatchObject({ status: 409, body: { detail: expect.stringContaining('version 2') } });
    const seen = await call('corner/setup');
    expect(seen.body).toMatchObject({
      version: 2,
      published: { dayEndsAt: 5 },
      draft: { baseVersion: 1, base: { dayEndsAt: 4 } },
    });
    const wrong = await call('corner/setup/draft', { config: corner, revision: 1, base: 7 });
    expect(wrong).toMatchObject({ status: 422, body: { errors: [{ path: 'base' }] } });
    const merged = { ...corner, name: 'Mine', dayEndsAt: 5 };
    expect((await call('corner/setup/draft', { config: merged, revision: 1, base: 2 })).status).toBe(200);
    expect(await publish(2)).toMatchObject({ status: 200, body: { version: 3 } });
    expect((await call('corner/setup')).body).toMatchObject({ published: { name: 'Mine', dayEndsAt: 5 } });
  });

  it('[SU6] a command that names the version it was made from is refused when it is not the one that is published', async () => {
    const stale = await server.command(
      boss,
      'location.configure',
      { config: corner, version: 1 },
      { location: 'corner' },
    );
    expect(stale).toMatchObject({ status: 409, body: { code: 'conflict' } });
    const fresh = await server.command(
      boss,
      'location.configure',
      { config: corner, version: 3 },
      { location: 'corner' },
    );
    expect(fresh.status).toBe(200);
  });

  it('[SU60] a place is called by its new name at once, and everywhere that names it', async () => {
    const { version } = (await call('corner/setup')).body;
    const config = { ...corner, name: 'Zur "Ecke"' };
    const kept = await call('corner/setup/draft', { config, revision: 0, base: version });
    expect((await publish(kept.body['revision'])).status).toBe(200);
    const me = async (token: string): Promise<unknown> => {
      const answer = await server.edge.app.inject({
        url: '/v1/me',
        headers: { authorization: `Bearer ${token}` },
      });
      return answer.json<Body>()['locations'];
    };
    const wanted = [{ id: 'corner', name: 'Zur "Ecke"' }];
    expect(await me(boss)).toEqual(wanted);
    expect(await me(await server.token('owner', { org: 'corner-group', loc: undefined }))).toEqual(wanted);
    // A bar reads it from the stations that its topic shows.
    for (const topic of ['kitchen', 'manager', 'floor', 'host'])
      expect(JSON.stringify((await call(`corner/snapshot?topic=${topic}`)).body), topic).toContain(
        'Zur \\"Ecke\\"',
      );
  });

  it('[SU6] open tickets keep what they were fired with, and their station stays', async () => {
    const order = crypto.randomUUID();
    const placed = await server.command(
      boss,
      'order.place',
      {
        order: {
          id: order,
          type: 'dine_in',
          table: 'T1',
          items: [{ id: crypto.randomUUID(), menuItem: 'soup', qty: 1 }],
        },
      },
      { location: 'corner' },
    );
    expect(placed.status).toBe(200);
    const { version } = (await call('corner/setup')).body;
    const gone = {
      ...corner,
      stations: [{ ...corner.stations[0], id: 'wok' }],
      menu: { ...corner.menu, categories: [{ id: 'mains', name: 'Mains', stations: ['wok'] }] },
    };
    const kept = await call('corner/setup/draft', { config: gone, revision: 0, base: version });
    expect(kept.body['problems']).toMatchObject([
      { path: 'stations', message: expect.stringContaining('must keep "grill"') },
    ]);
    expect((await publish(1)).status).toBe(422);
    const dearer = { ...corner, menu: { ...corner.menu, items: [{ ...corner.menu.items[0], price: 900 }] } };
    await call('corner/setup/draft', { config: dearer, revision: 1, base: version });
    expect((await publish(2)).status).toBe(200);
    const hot = await server.locations.open('corner');
    expect(hot?.state.orders.get(order)?.items[0]?.unitPrice).toBe(600);
  });

  it('[SU7] nobody but owners and managers of the house may see or change it', async () => {
    for (const role of ['waiter', 'kitchen', 'display', 'partner'] as const) {
      const token = await server.token(role, { loc: 'corner', org: 'corner-group' });
      expect((await call('corner/setup', undefined, token)).status).toBe(403);
      expect((await publish(1, token)).status).toBe(403);
      expect((await call('corner/staff', undefined, token)).status).toBe(403);
    }
    const stranger = await server.token('owner', { loc: 'other' });
    expect((await call('corner/setup', undefined, stranger)).status).toBe(404);
  });

  it('[SU8] a screen is paired for a station that is only in the draft', async () => {
    const { version } = (await call('corner/setup')).body;
    const bar = { id: 'bar', name: 'Bar' };
    const config = { ...corner, stations: [...corner.stations, bar] };
    const saved = await call('corner/setup/draft', { config, revision: 0, base: version });
    expect(saved.body['findings']).toMatchObject([{ rule: 'deaf-station' }, { rule: 'no-work' }]);
    const begun = await server.edge.app.inject({ method: 'POST', url: '/v1/accounts/pairings', payload: {} });
    const { code, claim } = begun.json<{ code: string; claim: string }>();
    const wish = { name: 'Bar 1', page: 'kitchen', station: 'pond' };
    expect((await call(`corner/pairings/${code}/approve`, wish)).status).toBe(422);
    expect((await call(`corner/pairings/${code}/approve`, { ...wish, station: 'bar' })).status).toBe(200);
    await server.edge.app.inject({ method: 'POST', url: '/v1/accounts/pairings/claim', payload: { claim } });
    expect((await call('corner/setup')).body['findings']).toMatchObject([
      { rule: 'no-work', severity: 'warning' },
    ]);
    await call('corner/setup/discard', { revision: 1 });
  });
});

it('[SU28] a printer is tried before it is published: the page comes out, or the trouble is named', async () => {
  const own = await call('corner/printers/test', {
    printer: { id: 'new', name: 'Hot pass' },
    house: 'Corner',
  });
  expect(own).toMatchObject({ status: 200, body: { ok: true } });
  const papers = await call('corner/printers/new/papers');
  expect(JSON.stringify(papers.body)).toMatch(/Hot pass.*TEST PAGE/);
  const away = await call('corner/printers/test', { printer: { id: 'new', host: 'printer.lan' } });
  expect(away.body).toMatchObject({ ok: false, trouble: 'unreachable' });
  expect((await call('corner/printers/test', { printer: { id: 'new', host: '', port: 0 } })).status).toBe(
    422,
  );
});

describe('the people of a house', () => {
  it('[SU9] are made, given PINs of their own, changed and sent away', async () => {
    expect((await call('corner/staff')).body).toEqual({ staff: [], longPin: 6 });
    const maya = await call('corner/staff', { name: 'Maya', role: 'waiter' });
    expect(maya.body).toEqual({ id: 'maya', name: 'Maya', role: 'waiter', stations: [], hasPin: false });
    expect((await call('corner/staff', { name: 'Maya', role: 'host' })).body).toMatchObject({ id: 'maya-2' });
    expect((await call('corner/staff/maya/pin', { pin: '4001' })).body).toEqual({});
    expect(await call('corner/staff/maya-2/pin', { pin: '4001' })).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'pin' }] },
    });
    const made = await call('corner/staff/maya-2/pin', {});
    expect(made.body).toEqual({ pin: expect.stringMatching(/^\d{4}$/) });
    expect((await server.accounts.staff.findByPin('corner', 'tablet', '4001')).ok).toBe(true);
    expect((await call('corner/staff/maya/remove', {})).status).toBe(204);
    expect((await call('corner/staff/maya/remove', {})).status).toBe(404);
    expect((await server.accounts.staff.findByPin('corner', 'tablet', '4001')).ok).toBe(false);
  });

  it('[SU9] an owner’s or manager’s PIN has six digits, also of somebody who becomes one', async () => {
    expect((await call('corner/staff', { id: 'luis', name: 'Luis', role: 'expo' })).status).toBe(200);
    await call('corner/staff/luis/pin', { pin: '3333' });
    const risen = await call('corner/staff', { id: 'luis', name: 'Luis', role: 'manager' });
    expect(risen.body).toMatchObject({ hasPin: false });
    expect((await server.accounts.staff.findByPin('corner', 'tablet', '3333')).ok).toBe(false);
    expect((await call('corner/staff/luis/pin', { pin: '3333' })).status).toBe(422);
    expect((await call('corner/staff/luis/pin', {})).body).toEqual({ pin: expect.stringMatching(/^\d{6}$/) });
    expect((await call('corner/staff/luis/pin', { pin: '333333' })).status).toBe(200);
    const renamed = await call('corner/staff', { id: 'luis', name: 'Luis M.', role: 'manager' });
    expect(renamed.body).toMatchObject({ name: 'Luis M.', hasPin: true });
  });

  it('[SU9] a manager makes no owner, changes none and does not take himself away', async () => {
    await call('corner/staff', { id: 'olga', name: 'Olga', role: 'owner' });
    const luis = await server.token('manager', { loc: 'corner', org: 'corner-group', sub: 'staff:luis' });
    expect((await call('corner/staff', { name: 'Mallory', role: 'owner' }, luis)).status).toBe(403);
    expect((await call('corner/staff', { id: 'olga', name: 'Olga', role: 'waiter' }, luis)).status).toBe(403);
    expect((await call('corner/staff/olga/pin', { pin: '123456' }, luis)).status).toBe(403);
    expect((await call('corner/staff/olga/remove', {}, luis)).status).toBe(403);
    expect((await call('corner/staff/luis/remove', {}, luis)).status).toBe(409);
  });

  it('[SU9] no PIN is in the log, in an answer that was stored, or in a draft', async () => {
    const events = JSON.stringify(await server.log.readTail('corner', 0));
    expect(events).not.toMatch(/333333|4001|scrypt/);
    expect(JSON.stringify((await call('corner/staff')).body)).not.toMatch(/scrypt|pin_hash|"pin":/);
  });
});
