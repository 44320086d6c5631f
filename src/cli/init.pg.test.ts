import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAccounts } from '../accounts/accounts.ts';
import type { Accounts } from '../accounts/accounts.ts';
import { ConfigError } from '../config.ts';
import { createBatcher } from '../location/batcher.ts';
import { houseRules } from '../location/houseRules.ts';
import { createLocations } from '../location/locations.ts';
import { openLog } from '../log/open.ts';
import { createPool } from '../log/pool.ts';
import type { Log } from '../log/types.ts';
import { createTestDatabase } from '../testkit/postgres.ts';
import type { TestDatabase } from '../testkit/postgres.ts';
import { demoDir, loadDemo, readDemo } from './demoHouse.ts';
import { HouseError, readHouse } from './house.ts';
import { applyHouse } from './init.ts';
import type { InitTools } from './init.ts';

let database: TestDatabase;
let tools: InitTools & { log: Log; accounts: Accounts; embedded: boolean };
let close: () => Promise<void>;
beforeEach(async () => {
  database = await createTestDatabase();
  const log = await openLog({ connection: database.heardLog, writers: 1, readers: 1 });
  const pool = createPool(database.app, { name: 'app', max: 2, log: () => undefined });
  const accounts = createAccounts({
    pool,
    connection: database.app,
    secret: 'a secret of the tests, and of nobody else',
    log: () => undefined,
  });
  const locations = createLocations({
    log,
    batcher: createBatcher(log, { maxLocations: 10, parallel: 1, groupCommit: true }),
    rules: houseRules,
    onCommit: () => undefined,
  });
  tools = { log, accounts, locations, embedded: true };
  close = async () => {
    await locations.stop();
    await accounts.close();
    await pool.end();
    await log.close();
  };
});
afterEach(async () => {
  await close();
  await database.drop();
});

const small = (change = '') =>
  readHouse(`
organization: { id: trattoria, name: Trattoria }
owner: { email: nonna@trattoria.example, name: Nonna, password: a long password }
staff: [{ id: gio, name: Gio, role: waiter, pin: 4711 }, { id: boss, name: Boss, role: manager, pin: "314159" }]
locations:
  - id: trattoria
    config: { name: Trattoria, stations: [{ id: pasta, name: Pasta${change} }] }
`);

describe('heard init', () => {
  it('[H20] makes a house, and a second time changes nothing', async () => {
    const first = await applyHouse(small(), tools);
    expect(first.changed).toEqual([
      'location trattoria',
      'owner nonna@trattoria.example',
      'configuration of trattoria',
      'staff gio at trattoria',
      'staff boss at trattoria',
    ]);
    expect(await applyHouse(small(), tools)).toEqual({ changed: [], secrets: [] });
    expect((await tools.log.readHeads(['trattoria'])).get('trattoria')).toBe(1);
    expect(await tools.accounts.logins.login('nonna@trattoria.example', 'a long password')).toMatchObject({
      member: { role: 'owner', organization: 'trattoria' },
    });
    expect(await tools.accounts.staff.findByPin('trattoria', 'd', '4711')).toMatchObject({
      ok: true,
      person: { id: 'gio', role: 'waiter' },
    });
  });

  it('[H20] sends one location.configure for a changed configuration', async () => {
    await applyHouse(small(), tools);
    expect((await applyHouse(small(', warn: 300'), tools)).changed).toEqual(['configuration of trattoria']);
    const page = await tools.log.readEventsPage('trattoria', 0, 10);
    expect(page?.events.map((event) => event.type)).toEqual(['location.configured', 'location.configured']);
  });

  it('[H20] signs out whoever is no longer in the file, and lets them in again', async () => {
    await applyHouse(small(), tools);
    const without = { ...small(), staff: small().staff.filter((person) => person.id !== 'gio') };
    expect((await applyHouse(without, tools)).changed).toEqual(['staff gio at trattoria removed']);
    const claims = {
      sub: 'staff:gio',
      org: 'trattoria',
      loc: 'trattoria',
      role: 'waiter' as const,
      exp: 4e9,
    };
    expect(tools.accounts.revocations.isRevoked(claims)).toBe(true);
    expect(await tools.accounts.staff.findByPin('trattoria', 'd', '4711')).toEqual({
      ok: false,
      why: 'wrong',
    });
    await applyHouse(small(), tools);
    expect(tools.accounts.revocations.isRevoked(claims)).toBe(false);
    expect(await tools.accounts.staff.findByPin('trattoria', 'd', '4711')).toMatchObject({ ok: true });
  });

  it('[H20] makes a password for an owner without one, and shows it once', async () => {
    const house = { ...small(), owner: { email: 'x@trattoria.example', name: 'X' } };
    const { secrets } = await applyHouse(house, tools);
    expect(secrets).toEqual([
      { who: 'x@trattoria.example', what: 'password', value: expect.stringMatching(/^[\w-]{16}$/) },
    ]);
    expect(await tools.accounts.logins.login('x@trattoria.example', secrets[0]?.value ?? '')).not.toBeNull();
    expect((await applyHouse(house, tools)).secrets).toEqual([]);
  });

  it('[H20] does not take a location from somebody else', async () => {
    await applyHouse(small(), tools);
    const thief = { ...small(), organization: { id: 'thief', name: 'Thief', demo: false } };
    await expect(applyHouse(thief, tools)).rejects.toThrow(/belongs to another organization/);
  });

  it.each([
    [
      'a PIN of four digits for a manager',
      'staff: [{ id: a, name: A, role: manager, pin: 1234 }]',
      /staff\.0\.pin: must have at least 6 digits/,
    ],
    [
      'two people with one PIN',
      'staff: [{ id: a, name: A, role: waiter, pin: 1234 }, { id: b, name: B, role: waiter, pin: 1234 }]',
      /staff\.1\.pin: is somebody else's as well/,
    ],
    ['a role that is none', 'staff: [{ id: a, name: A, role: chef }]', /staff\.0\.role/],
    ['a word too many', 'chef: Luigi', /does not know chef/],
    [
      'a short password',
      'owner: { email: a@b.example, name: A, password: short }',
      /owner\.password: must have at least 10/,
    ],
    ['no YAML', 'staff: [', /./],
  ])('[H22] names what is wrong with a file: %s', (_title, line, words) => {
    const text = `organization: { id: x, name: X }\nlocations: [{ id: x, config: { name: X, stations: [{ id: a, name: A }] } }]\n${line}\n`;
    expect(() => readHouse(text)).toThrow(HouseError);
    expect(() => readHouse(text)).toThrow(words);
  });
});

const demoConfig = { demo: 'auto', host: '127.0.0.1', databaseUrl: undefined } as const;

describe('the demo', () => {
  it('[H20] is what the product page says', async () => {
    const [group, other] = await readDemo();
    expect(
      group?.locations.map((location) => [
        location.id,
        location.config.menu.items.length,
        location.config.tables.length,
      ]),
    ).toEqual([
      ['brasa', 21, 26],
      ['esquina', 15, 8],
    ]);
    expect(other?.locations.map((location) => location.id)).toEqual(['other']);
    const items = new Map(
      group?.locations.flatMap((location) => location.config.menu.items).map((item) => [item.id, item]),
    );
    expect(items.size).toBe(36);
    expect(items.get('classic-burger')).toMatchObject({
      kitchenName: 'BURGER',
      price: 1350,
      prep: 480,
      allergens: ['gluten', 'dairy', 'egg', 'sesame'],
      groups: ['doneness', 'burger-extras', 'remove', 'side'],
    });
    for (const id of ['docena-surtida', 'milanesa-napolitana'])
      expect(items.get(id)?.stations?.toSorted()).toEqual(['fritura', 'horno']);
    const coccion = group?.locations[1]?.config.menu.groups.find((one) => one.id === 'coccion');
    expect(coccion?.options.map((option) => option.station)).toEqual(['horno', 'fritura']);
    const menus = group?.locations.map((location) => location.config.menu) ?? [];
    for (const menu of menus)
      for (const item of menu.items)
        for (const id of item.groups)
          expect(
            menu.groups.some((one) => one.id === id),
            `${item.id} ${id}`,
          ).toBe(true);
  });

  it('[H21] is loaded into an empty embedded database, once', async () => {
    const report = await loadDemo(demoConfig, tools);
    expect(report).toMatchObject({ random: false });
    expect(report?.pins.find((one) => one.name === 'Ana')).toEqual({
      name: 'Ana',
      role: 'manager',
      pin: '2222',
    });
    expect(await tools.accounts.staff.findByPin('esquina', 'd', '2222')).toMatchObject({
      ok: true,
      person: { name: 'Ana' },
    });
    expect((await tools.log.listLocations()).map((location) => [location.id, location.demo])).toEqual([
      ['brasa', true],
      ['esquina', true],
      ['other', true],
    ]);
    const heads = await tools.log.readHeads(['brasa']);
    await loadDemo(demoConfig, tools);
    expect(await tools.log.readHeads(['brasa'])).toEqual(heads);
  });

  it("[H21] is not loaded beside a real house, with DATABASE_URL, or against the operator's word", async () => {
    expect(await loadDemo({ ...demoConfig, demo: 'off' }, tools)).toBeNull();
    expect(await loadDemo(demoConfig, { ...tools, embedded: false })).toBeNull();
    await applyHouse(small(), tools);
    expect(await loadDemo(demoConfig, tools)).toBeNull();
    expect((await tools.log.listLocations()).map((location) => location.id)).toEqual(['trattoria']);
  });

  it('[H21] is refused where others can reach it, also when it came there before', async () => {
    const outside = { ...demoConfig, host: '0.0.0.0' };
    await expect(loadDemo(outside, tools)).rejects.toThrow(ConfigError);
    await expect(loadDemo({ ...outside, demo: 'on' }, tools)).rejects.toThrow(/^HEARD_DEMO must be .*public/);
    expect(await loadDemo({ ...outside, demo: 'off' }, tools)).toBeNull();
    expect(await tools.log.listLocations()).toEqual([]);
    await loadDemo(demoConfig, tools);
    await expect(loadDemo({ ...outside, demo: 'off' }, tools)).rejects.toThrow(ConfigError);
    await expect(loadDemo(outside, tools)).rejects.toThrow(ConfigError);
  });

  it('[H21] in public has PINs made at random for each start, and its own ones again at home', async () => {
    await loadDemo(demoConfig, tools);
    const outside = { ...demoConfig, demo: 'public', host: '0.0.0.0' } as const;
    const first = await loadDemo(outside, tools);
    expect(first?.random).toBe(true);
    expect(first?.pins.length).toBeGreaterThan(8);
    for (const { pin } of first?.pins ?? []) expect(pin).toMatch(/^\d{6}$/);
    expect(await tools.accounts.staff.findByPin('brasa', 'd', '2222')).toEqual({ ok: false, why: 'wrong' });
    const ana = first?.pins.find((one) => one.name === 'Ana')?.pin ?? '';
    expect(await tools.accounts.staff.findByPin('esquina', 'd', ana)).toMatchObject({
      ok: true,
      person: { name: 'Ana' },
    });
    const second = await loadDemo(outside, tools);
    expect(second?.pins.find((one) => one.name === 'Ana')?.pin).not.toBe(ana);
    await loadDemo(demoConfig, tools);
    expect(await tools.accounts.staff.findByPin('brasa', 'd', '2222')).toMatchObject({ ok: true });
  });

  it('[H28] keeps PINs out of the log', async () => {
    await loadDemo(demoConfig, tools);
    const client = new pg.Client(database.superuser);
    await client.connect();
    const { rows } = await client.query<{ text: string }>(
      "select (select string_agg(data::text, ' ') from events) || (select string_agg(result::text || input_hash, ' ') from commands) as text",
    );
    await client.end();
    const file = await readFile(join(demoDir(), 'brasa-group.yaml'), 'utf8');
    expect(file).toContain("pin: '2222'");
    expect(rows[0]?.text).toContain('classic-burger');
    expect(rows[0]?.text).not.toMatch(/"pin"|2222|4001/);
  });
});
