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
import { fillLarders } from './larder.ts';
import type { InitTools } from './init.ts';

let database: TestDatabase;
let tools: InitTools &
  Pick<Parameters<typeof loadDemo>[1], 'turn'> & { log: Log; accounts: Accounts; embedded: boolean };
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
  tools = { log, accounts, locations, embedded: true, turn: (work) => work() };
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

  it('[H20] makes a house that is set up later, and leaves what was set up there as it is', async () => {
    const begun = (name: string) =>
      readHouse(`
organization: { id: lindenhof, name: Lindenhof }
owner: { email: rosa@lindenhof.example, name: Rosa, password: a long password }
locations: [{ id: lindenhof${name} }]
`);
    expect(() => begun('')).toThrow('locations.0.name: is needed where there is no config');
    const house = begun(', name: Lindenhof');
    expect((await applyHouse(house, tools)).changed).toEqual([
      'location lindenhof',
      'owner rosa@lindenhof.example',
    ]);
    expect((await tools.locations.open('lindenhof'))?.state.config).toBeNull();
    const paul = { id: 'paul', name: 'Paul', role: 'waiter', stations: [] } as const;
    await tools.accounts.staff.put('lindenhof', paul, { forgetPin: false });
    expect(await applyHouse(house, tools)).toEqual({ changed: [], secrets: [] });
    expect(await tools.accounts.staff.list('lindenhof')).toMatchObject([paul]);
    expect(() =>
      readHouse(`organization: { id: x, name: X }
locations: [{ id: x, name: X, larder: { counts: { flour: 1 } } }]`),
    ).toThrow('locations.0.larder: needs the config that it counts');
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

describe('the larder of a file', () => {
  const stocked = (larder: string) =>
    readHouse(`
organization: { id: trattoria, name: Trattoria }
locations:
  - id: trattoria
    larder: ${larder}
    config:
      name: Trattoria
      stations: [{ id: pasta, name: Pasta }]
      menu:
        categories: [{ id: mains, name: Mains }]
        items: [{ id: gnocchi, name: Gnocchi, category: mains, price: 900 }]
      stock: { ingredients: [{ id: potato, name: Potatoes, unit: g }] }
`);

  it('[ST16] is counted on the first day, and never again', async () => {
    const house = stocked('{ counts: { potato: 5000 }, portions: { gnocchi: 8 } }');
    await applyHouse(house, tools);
    expect(await fillLarders(house, tools)).toEqual(['trattoria']);
    const stock = async () => (await tools.locations.open('trattoria'))?.state.stock;
    expect((await stock())?.ingredients.get('potato')?.onHand).toBe(5000);
    expect((await stock())?.portions).toEqual({ gnocchi: 8 });
    expect(await fillLarders(stocked('{ counts: { potato: 9000 } }'), tools)).toEqual([]);
    expect((await stock())?.ingredients.get('potato')?.onHand).toBe(5000);
  });

  it('[ST16] names what is not kept and not on the menu', () => {
    expect(() => stocked('{ counts: { moon: 1 } }')).toThrow(
      'locations.0.larder.counts.moon: no ingredient "moon" in the configuration',
    );
    expect(() => stocked('{ portions: { moon: 1 } }')).toThrow(
      'locations.0.larder.portions.moon: "moon" is not on the menu',
    );
  });
});

const demoConfig = { demo: 'auto', host: '127.0.0.1', databaseUrl: undefined } as const;

describe('the demo', () => {
  it('[H20] is what the product page says', async () => {
    const [group, other] = await readDemo();
    expect(
      group?.locations.map((location) => [
        location.id,
        location.config?.menu.items.length,
        location.config?.tables.length,
      ]),
    ).toEqual([
      ['brasa', 21, 26],
      ['esquina', 15, 8],
    ]);
    expect(other?.locations.map((location) => location.id)).toEqual(['other']);
    const items = new Map(
      group?.locations
        .flatMap((location) => location.config?.menu.items ?? [])
        .map((item) => [item.id, item]),
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
    // Forty ingredients with what should be there and what is too little, and a recipe for every dish.
    const stocks = group?.locations.flatMap((location) => location.config?.stock ?? []) ?? [];
    const kept = stocks.flatMap(({ ingredients }) => ingredients);
    expect(kept).toHaveLength(40);
    for (const one of kept)
      expect([one.id, one.low > 0, (one.par ?? 0) > one.low]).toEqual([one.id, true, true]);
    expect(stocks.flatMap(({ recipes }) => recipes.map(({ item }) => item)).toSorted()).toEqual(
      [...items.keys()].toSorted(),
    );
    for (const location of group?.locations ?? [])
      expect(Object.keys(location.larder?.counts ?? {}).toSorted()).toEqual(
        location.config?.stock.ingredients.map(({ id }) => id).toSorted(),
      );
    const coccion = group?.locations[1]?.config?.menu.groups.find((one) => one.id === 'coccion');
    expect(coccion?.options.map((option) => option.station)).toEqual(['horno', 'fritura']);
    const menus = group?.locations.flatMap((location) => location.config?.menu ?? []) ?? [];
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
    // Three are near zero: salmon for two, no oat milk, and little dulce de leche.
    const at = async (location: string) => (await tools.locations.open(location))?.state;
    expect((await at('brasa'))?.stock.portions).toEqual({ 'grilled-salmon': 2 });
    expect((await at('brasa'))?.stock.ingredients.get('salmon')?.level).toBe('low');
    expect((await at('esquina'))?.stock.ingredients.get('dulce-de-leche')?.level).toBe('low');
    expect((await at('brasa'))?.stock.lacking).toMatchObject({ items: {}, options: { oat: {} } });
    // What follows by itself (somebody is told of it) may still be on its way.
    let heads = await tools.log.readHeads(['brasa']);
    const isStill = async () => {
      const before = heads;
      heads = await tools.log.readHeads(['brasa']);
      return before.get('brasa') === heads.get('brasa');
    };
    await expect.poll(isStill, { interval: 300, timeout: 5_000 }).toBe(true);
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
