import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useTestDatabase } from '../testkit/postgres.ts';
import { startTestServer } from '../testkit/insideServer.ts';
import type { TestServer } from '../testkit/insideServer.ts';

const database = useTestDatabase();
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer(database());
});
afterAll(() => server.stop());

type Reply = { status: number; body: Record<string, unknown>; retryAfter: string | undefined };

async function call(
  method: 'GET' | 'POST',
  url: string,
  body?: unknown,
  token?: string,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const response = await server.edge.app.inject({
    method,
    url,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { payload: JSON.stringify(body) }),
    remoteAddress: '10.0.0.1',
  });
  return {
    status: response.statusCode,
    body: response.body === '' ? {} : response.json(),
    retryAfter: response.headers['retry-after']?.toString(),
  };
}

async function pair(
  page: string,
  station?: string,
  location = 'brasa',
): Promise<{ device: string; credential: string; token: string }> {
  const manager = await server.token('manager', { loc: location });
  const { body: begun } = await call('POST', '/v1/accounts/pairings', { name: 'Tablet' });
  const approved = await call(
    'POST',
    `/v1/locations/${location}/pairings/${String(begun['code'])}/approve`,
    { name: `${page} 1`, page, ...(station !== undefined && { station }) },
    manager,
  );
  expect(approved.status).toBe(200);
  const { body: claimed } = await call('POST', '/v1/accounts/pairings/claim', { claim: begun['claim'] });
  const { body: access } = await call('POST', '/v1/accounts/device', { credential: claimed['credential'] });
  return {
    device: String(claimed['device']),
    credential: String(claimed['credential']),
    token: String(access['token']),
  };
}

describe('pairing a screen', () => {
  it('[H17] takes a code on the screen and a manager, and gives the credential once', async () => {
    const manager = await server.token('manager');
    const { body: begun } = await call('POST', '/v1/accounts/pairings', { name: 'Wall left' });
    expect(begun).toMatchObject({
      code: expect.stringMatching(/^[2-9A-HJ-NP-Z]{8}$/),
      claim: expect.any(String),
      expiresIn: 600,
    });
    const claim = { claim: begun['claim'] };
    expect((await call('POST', '/v1/accounts/pairings/claim', claim)).body).toMatchObject({
      status: 'waiting',
    });
    const typed = String(begun['code']).toLowerCase();
    const code = `${typed.slice(0, 4)}-${typed.slice(4)}`;
    expect(
      (await call('GET', `/v1/locations/brasa/pairings/${code}`, undefined, manager)).body,
    ).toMatchObject({ code: begun['code'], name: 'Wall left', approved: false });
    const nowhere = await call(
      'POST',
      `/v1/locations/brasa/pairings/${code}/approve`,
      { name: 'Grill 1', page: 'kitchen', station: 'gril' },
      manager,
    );
    expect(nowhere.status).toBe(422);
    expect(nowhere.body).toMatchObject({ code: 'invalid_input', errors: [{ path: 'station' }] });
    expect(
      (
        await call(
          'POST',
          `/v1/locations/brasa/pairings/${code}/approve`,
          { name: 'Grill 1', page: 'kitchen', station: 'grill' },
          manager,
        )
      ).status,
    ).toBe(200);
    // Somebody else's code from now on.
    expect(
      (
        await call(
          'GET',
          `/v1/locations/other/pairings/${code}`,
          undefined,
          await server.token('manager', { loc: 'other' }),
        )
      ).status,
    ).toBe(404);
    const { body: paired } = await call('POST', '/v1/accounts/pairings/claim', claim);
    expect(paired).toMatchObject({
      status: 'paired',
      location: 'brasa',
      page: 'kitchen',
      station: 'grill',
      name: 'Grill 1',
      credential: expect.stringMatching(/^hd1\.brasa\./),
    });
    expect((await call('POST', '/v1/accounts/pairings/claim', claim)).status).toBe(404);
    const { body: access } = await call('POST', '/v1/accounts/device', { credential: paired['credential'] });
    expect(access).toMatchObject({
      role: 'kitchen',
      page: 'kitchen',
      station: 'grill',
      location: 'brasa',
      name: 'Grill 1',
      expiresIn: 900,
    });
    expect((await call('GET', '/v1/me', undefined, String(access['token']))).body).toMatchObject({
      id: `device:${String(paired['device'])}`,
      stations: ['grill'],
      device: paired['device'],
    });
  });

  it('[H17] ends after ten minutes', async () => {
    const { body: begun } = await call('POST', '/v1/accounts/pairings', {});
    server.time.now += 601_000;
    try {
      expect((await call('POST', '/v1/accounts/pairings/claim', { claim: begun['claim'] })).status).toBe(404);
      expect(
        (
          await call(
            'GET',
            `/v1/locations/brasa/pairings/${String(begun['code'])}`,
            undefined,
            await server.token('manager'),
          )
        ).status,
      ).toBe(404);
    } finally {
      server.time.now -= 601_000;
    }
  });

  it('[H17] counts wrong codes', async () => {
    const manager = await server.token('manager', { loc: 'esquina' });
    const statuses: number[] = [];
    for (let tries = 0; tries < 6; tries += 1)
      statuses.push(
        (await call('GET', `/v1/locations/esquina/pairings/WRNG${tries}${tries}22`, undefined, manager))
          .status,
      );
    expect(statuses).toEqual([404, 404, 404, 404, 404, 429]);
  });
});

describe('a paired screen', () => {
  it('[H16] that is revoked is refused at once, and so is whoever signed in on it', async () => {
    const screen = await pair('pos');
    const person = await call('POST', '/v1/accounts/pin', { pin: '4001' }, screen.token);
    expect(person.body).toMatchObject({ role: 'waiter', name: 'Maya' });
    const tokens = [screen.token, String(person.body['token'])];
    for (const token of tokens) expect((await call('GET', '/v1/me', undefined, token)).status).toBe(200);
    const manager = await server.token('manager');
    expect(
      (await call('POST', `/v1/locations/brasa/devices/${screen.device}/revoke`, undefined, manager)).body,
    ).toMatchObject({ id: screen.device, revokedAt: expect.any(String) });
    for (const token of tokens) expect((await call('GET', '/v1/me', undefined, token)).status).toBe(401);
    expect((await call('POST', '/v1/accounts/device', { credential: screen.credential })).status).toBe(401);
    expect(
      (await call('POST', `/v1/locations/brasa/devices/${screen.device}/revoke`, undefined, manager)).status,
    ).toBe(200);
    const { body } = await call('GET', '/v1/locations/brasa/devices', undefined, manager);
    expect(body['devices']).toEqual(
      expect.arrayContaining([expect.objectContaining({ id: screen.device, revokedAt: expect.any(String) })]),
    );
    expect(JSON.stringify(body)).not.toMatch(/credential|hash/);
  });

  it('[H16] is known to be revoked on another node within seconds', async () => {
    const screen = await pair('board');
    const { createRevocations } = await import('../accounts/revocations.ts');
    const pool = new pg.Pool(database().app);
    const elsewhere = createRevocations({ pool, log: () => undefined, everyMs: 20 });
    await elsewhere.start();
    const heard: string[] = [];
    elsewhere.onRevoked((location, subject) => heard.push(`${location} ${subject}`));
    const claims = {
      sub: `device:${screen.device}`,
      org: 'brasa-group',
      loc: 'brasa',
      role: 'display' as const,
      dev: screen.device,
      exp: 4e9,
    };
    expect(elsewhere.isRevoked(claims)).toBe(false);
    await server.accounts.devices.revoke('brasa', screen.device);
    await expect.poll(() => elsewhere.isRevoked(claims), { timeout: 5_000 }).toBe(true);
    expect(heard).toContain(`brasa device:${screen.device}`);
    elsewhere.stop();
    await pool.end();
  });

  it('[H6] of one tenant is nothing to another', async () => {
    const screen = await pair('pos');
    const stranger = await server.token('manager', { loc: 'other' });
    expect(
      (await call('POST', `/v1/locations/other/devices/${screen.device}/revoke`, undefined, stranger)).status,
    ).toBe(404);
    expect((await call('GET', '/v1/locations/brasa/devices', undefined, stranger)).status).toBe(404);
    expect((await call('GET', '/v1/locations/other/devices', undefined, stranger)).body).toEqual({
      devices: [],
    });
    expect((await call('GET', '/v1/me', undefined, screen.token)).status).toBe(200);
  });
});

describe('PINs', () => {
  it('[H15] work on a paired screen only, and say who it is', async () => {
    expect(
      (await call('POST', '/v1/accounts/pin', { pin: '4001' }, await server.token('waiter'))).status,
    ).toBe(403);
    const screen = await pair('pos');
    const { body } = await call('POST', '/v1/accounts/pin', { pin: '2222' }, screen.token);
    expect(body).toMatchObject({ role: 'manager', name: 'Ana', location: 'brasa' });
    expect((await call('GET', '/v1/me', undefined, String(body['token']))).body).toMatchObject({
      id: 'staff:ana',
      role: 'manager',
      device: screen.device,
    });
  });

  it('[H14] are blocked after five wrong ones, longer each time, until the right one after the wait', async () => {
    const screen = await pair('pos');
    const say = (pin: string) => call('POST', '/v1/accounts/pin', { pin }, screen.token);
    for (let tries = 0; tries < 5; tries += 1) expect((await say('9999')).status).toBe(401);
    const blocked = await say('4001');
    expect([blocked.status, blocked.body['code'], blocked.retryAfter]).toEqual([429, 'rate_limited', '300']);
    expect(server.lines).toContainEqual({
      message: 'alert: too many wrong PINs',
      detail: { location: 'brasa', device: screen.device, blockedSeconds: 300 },
    });
    server.time.now += 301_000;
    expect((await say('9999')).status).toBe(401);
    expect((await say('4001')).retryAfter).toBe('600');
    server.time.now += 601_000;
    expect((await say('4001')).status).toBe(200);
    for (let tries = 0; tries < 4; tries += 1) expect((await say('9999')).status).toBe(401);
    expect((await say('4001')).status).toBe(200);
  });

  it('[H14] cannot be tried many at once', async () => {
    const screen = await pair('pos');
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, at) =>
        call('POST', '/v1/accounts/pin', { pin: String(7000 + at) }, screen.token),
      ),
    );
    expect(answers.filter((answer) => answer.status === 401)).toHaveLength(5);
    expect(answers.filter((answer) => answer.status === 429)).toHaveLength(7);
  });

  it('[H14] are counted for the whole location over all its screens', async () => {
    const screens: Awaited<ReturnType<typeof pair>>[] = [];
    for (let count = 0; count < 5; count += 1) screens.push(await pair('pos', undefined, 'other'));
    for (const screen of screens.slice(0, 4))
      for (let tries = 0; tries < 5; tries += 1)
        await call('POST', '/v1/accounts/pin', { pin: '0000' }, screen.token);
    const fresh = await call('POST', '/v1/accounts/pin', { pin: '9401' }, screens[4]?.token);
    expect(fresh.status).toBe(429);
    server.time.now += 301_000;
    expect((await call('POST', '/v1/accounts/pin', { pin: '9401' }, screens[4]?.token)).status).toBe(200);
  });

  it('[H15] of a manager approve what one person does in the next minute', async () => {
    const waiter = await server.token('waiter', { sub: 'staff:maya' });
    expect((await call('POST', '/v1/accounts/approvals', { pin: '4002' }, waiter)).status).toBe(403);
    const { status, body } = await call('POST', '/v1/accounts/approvals', { pin: '2222' }, waiter);
    expect(status).toBe(200);
    expect(body).toMatchObject({ approval: expect.any(String), expiresIn: 60, by: 'Ana' });
    const approval = String(body['approval']);
    const seat = (token: string) =>
      server.command(
        token,
        'table.seat',
        { table: 'T9', covers: 2 },
        { headers: { 'heard-approval': approval } },
      );
    expect((await seat(waiter)).status).toBe(200);
    expect((await seat(await server.token('waiter', { sub: 'staff:tom' }))).status).toBe(403);
    server.time.now += 61_000;
    expect((await seat(waiter)).status).toBe(403);
  });

  it('[H15] let a waiter void food that was started, and without one it stays', async () => {
    const waiter = await server.token('waiter', { sub: 'staff:sara' });
    const [order, item] = [crypto.randomUUID(), crypto.randomUUID()];
    const placed = await server.command(waiter, 'order.place', {
      order: { id: order, type: 'counter', items: [{ id: item, menuItem: 'espresso', qty: 1 }] },
    });
    const ticket = (placed.body['result'] as { tickets: { id: string }[] }).tickets[0]?.id;
    await server.command(await server.token('kitchen'), 'ticket.start', { ticket });
    const input = { order, item, reason: 'guest left', made: true };
    expect((await server.command(waiter, 'item.void', input)).status).toBe(403);
    const { body } = await call('POST', '/v1/accounts/approvals', { pin: '2222' }, waiter);
    expect(
      (
        await server.command(waiter, 'item.void', input, {
          headers: { 'heard-approval': String(body['approval']) },
        })
      ).status,
    ).toBe(200);
    const { events } = await server.log
      .readEventsPage('brasa', (await server.head('brasa')) - 1, 10)
      .then((page) => page ?? { events: [] });
    expect(events.at(-1)?.by).toMatchObject({ id: 'staff:sara', approvedBy: 'staff:ana' });
  });
});

describe('e-mail and password', () => {
  it('[H18] sign an owner in to the whole organization, and keep it signed in', async () => {
    await server.accounts.logins.ensureMember('brasa-group', {
      email: 'Olga@brasa.example',
      name: 'Olga',
      role: 'owner',
      password: 'a long password',
    });
    const wrong = await call('POST', '/v1/accounts/login', {
      email: 'olga@brasa.example',
      password: 'another password',
    });
    const unknown = await call('POST', '/v1/accounts/login', {
      email: 'nobody@brasa.example',
      password: 'another password',
    });
    expect(wrong).toEqual(unknown);
    expect(wrong.status).toBe(401);
    const { status, body } = await call('POST', '/v1/accounts/login', {
      email: 'OLGA@brasa.example',
      password: 'a long password',
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      role: 'owner',
      organization: 'brasa-group',
      name: 'Olga',
      refresh: expect.any(String),
    });
    const token = String(body['token']);
    expect((await call('GET', '/v1/me', undefined, token)).body).toMatchObject({
      locations: [{ id: 'brasa' }, { id: 'esquina' }],
    });
    expect((await call('GET', '/v1/locations/esquina/devices', undefined, token)).status).toBe(200);
    expect((await call('GET', '/v1/locations/other/devices', undefined, token)).status).toBe(404);
    const renewed = await call('POST', '/v1/accounts/refresh', { refresh: body['refresh'] });
    expect(renewed.body).toMatchObject({ role: 'owner', token: expect.any(String) });
    expect((await call('POST', '/v1/accounts/logout', { refresh: body['refresh'] })).status).toBe(204);
    expect((await call('POST', '/v1/accounts/refresh', { refresh: body['refresh'] })).status).toBe(401);
  });

  it('[H18] of somebody who belongs to no organization open nothing', async () => {
    const { password } = await server.accounts.logins.ensureMember('other', {
      email: 'x@other.example',
      name: 'X',
      role: 'manager',
    });
    expect(password).toMatch(/^[\w-]{16}$/);
    expect(
      (
        await call('POST', '/v1/accounts/login', {
          email: 'x@other.example',
          password,
          organization: 'brasa-group',
        })
      ).status,
    ).toBe(401);
    expect(
      (await call('POST', '/v1/accounts/login', { email: 'x@other.example', password })).body,
    ).toMatchObject({ organization: 'other', role: 'manager' });
  });

  it('[H18] are limited for whoever tries', async () => {
    const statuses: number[] = [];
    for (let tries = 0; tries < 15; tries += 1)
      statuses.push((await call('POST', '/v1/accounts/login', {})).status);
    expect(statuses.at(-1)).toBe(429);
  });
});

describe('secrets', () => {
  it('[H28] are in no event, no answer and no line of the log', async () => {
    const client = new pg.Client(database().superuser);
    await client.connect();
    const all = async (row: string, table: string): Promise<string> =>
      (await client.query<{ text: string }>(`select string_agg(${row}, ' ') as text from ${table} t`)).rows[0]
        ?.text ?? '';
    const events = await all('data::text || by::text', 'events');
    const [staff, devices] = [await all('t::text', 'staff'), await all('t::text', 'devices')];
    await client.end();
    const everything = [events, JSON.stringify(server.lines)].join(' ');
    expect(everything.length).toBeGreaterThan(10_000);
    expect(everything).not.toMatch(/"pin"|scrypt|hd1\.|a long password/);
    expect(staff).toContain('scrypt');
    for (const pin of ['2222', '3333', '4001', '5002']) expect(staff).not.toMatch(new RegExp(`\\b${pin}\\b`));
    expect(devices.length).toBeGreaterThan(100);
    expect(devices).not.toContain('hd1.');
  });
});
