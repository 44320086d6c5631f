import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createPool } from '../log/pool.ts';
import { useTestDatabase } from '../testkit/postgres.ts';
import { type ChannelLinks, createChannelLinks } from './channelLinks.ts';
import { createChannelTokens } from './channelTokens.ts';

const database = useTestDatabase();
const keys = { sealKey: randomBytes(32), digestKey: randomBytes(32) };
const time = { now: Date.parse('2026-11-22T19:00:00.000Z') };
let pool: pg.Pool;
let superuser: pg.Client;
let links: ChannelLinks;

beforeAll(async () => {
  pool = createPool(database().app, { name: 'app', max: 8, log: () => undefined });
  superuser = new pg.Client(database().superuser);
  await superuser.connect();
  await superuser.query(`insert into organizations (id, name) values ('one', 'One'), ('two', 'Two')`);
  await superuser.query(
    `insert into locations (id, organization_id, name) values ('a', 'one', 'A'), ('b', 'one', 'B'), ('c', 'two', 'C')`,
  );
  links = createChannelLinks({ pool, ...keys, now: () => time.now });
});
beforeEach(() => superuser.query('delete from channel_links; delete from channel_tokens'));
afterAll(async () => {
  await superuser.end();
  await pool.end();
});

const wish = (more: object = {}) => ({
  organization: 'one',
  channel: 'kite',
  provider: 'kite',
  madeBy: 'staff:ana',
  ...more,
});

describe('a link', () => {
  it('[IN19] has an address that cannot be guessed, and neither it nor a secret can be read in the table', async () => {
    const { link, changed } = await links.ensure('a', wish({ secrets: { key: 'very secret words' } }));
    expect(changed).toBe(true);
    expect(Buffer.from(link.address ?? '', 'base64url').length * 8).toBeGreaterThanOrEqual(128);
    expect(await links.find(link.address ?? '')).toMatchObject({
      location: 'a',
      channel: 'kite',
      secrets: { key: 'very secret words' },
    });
    const { rows } = await superuser.query('select * from channel_links');
    expect(JSON.stringify(rows)).not.toContain('very secret words');
    expect(JSON.stringify(rows)).not.toContain(link.address ?? '');
    const { link: other } = await links.ensure('b', wish());
    expect(other.address).not.toBe(link.address);
  });

  it('[IN19] stays what it is when the same is wished again, and changes field by field', async () => {
    const { link } = await links.ensure('a', wish({ secrets: { key: '1', more: '2' } }));
    expect(await links.ensure('a', wish({ secrets: { key: '1' } }))).toEqual({ link, changed: false });
    const changed = await links.ensure(
      'a',
      wish({ secrets: { more: null, third: '3' }, environment: 'sandbox' }),
    );
    expect(changed.link).toMatchObject({
      address: link.address,
      secrets: { key: '1', third: '3' },
      environment: 'sandbox',
    });
    const elsewhere = await links.ensure('a', wish({ provider: 'gull' }));
    expect(elsewhere.link.secrets).toEqual({});
    expect(elsewhere.link.address).not.toBe(link.address);
    expect(await links.find(link.address ?? '')).toBeNull();
  });

  it('[IN20] gets a new address; the old one is good for a day, or not at all when it leaked', async () => {
    const first = (await links.ensure('a', wish())).link.address ?? '';
    const second = (await links.rotate('a', 'kite', true))?.address ?? '';
    expect(await links.find(first)).toMatchObject({ channel: 'kite', address: second });
    expect((await links.find(second))?.oldUntil).toBe('2026-11-23T19:00:00.000Z');
    time.now += 86_400_001;
    expect(await links.find(first)).toBeNull();
    const third = (await links.rotate('a', 'kite', false))?.address ?? '';
    expect(await links.find(second)).toBeNull();
    expect(await links.find(third)).not.toBeNull();
    expect(await links.remove('a', 'kite')).toBe(true);
    expect(await links.find(third)).toBeNull();
    expect(await links.list('a')).toEqual([]);
    expect(await links.remove('a', 'kite')).toBe(false);
    expect(await links.rotate('a', 'kite', true)).toBeNull();
    const again = (await links.ensure('a', wish())).link;
    expect(again).toMatchObject({ secrets: {}, lastDeliveryAt: null });
  });

  it('[IN21] is seen by its location, its organization and whoever holds its address, and by nobody else', async () => {
    const { link } = await links.ensure('a', wish());
    await links.ensure('c', wish({ organization: 'two' }));
    expect(await links.list('b')).toEqual([]);
    expect((await links.siblings('one', 'kite')).map(({ location }) => location)).toEqual(['a']);
    const seen = async (setting: string, value: string) => {
      const client = await pool.connect();
      try {
        await client.query('begin');
        await client.query('select set_config($1, $2, true)', [setting, value]);
        return (await client.query('select from channel_links')).rowCount;
      } finally {
        await client.query('rollback');
        client.release();
      }
    };
    expect(await seen('heard.location', 'nowhere')).toBe(0);
    expect(await seen('heard.hook', link.address ?? '')).toBe(0);
    expect(await seen('heard.user', 'a')).toBe(0);
    const other = createChannelLinks({
      pool,
      sealKey: randomBytes(32),
      digestKey: keys.digestKey,
      now: () => time.now,
    });
    expect(await other.get('a', 'kite')).toMatchObject({ address: null, secrets: {} });
  });

  it('[IN22] is looked after by one node at a time', async () => {
    await links.ensure('a', wish());
    await links.ensure('b', wish());
    const before = new Date(time.now - 60_000).toISOString();
    const claimed = await Promise.all(Array.from({ length: 6 }, () => links.claimLooks('kite', before, 10)));
    expect(
      claimed
        .flat()
        .map(({ location }) => location)
        .sort(),
    ).toEqual(['a', 'b']);
    time.now += 61_000;
    expect(await links.claimLooks('kite', new Date(time.now - 60_000).toISOString(), 1)).toHaveLength(1);
  });
});

describe('a token of a provider', () => {
  const at = { location: 'a', channel: 'kite', name: 'orders' };
  const node = () => createChannelTokens({ pool, sealKey: keys.sealKey, now: () => time.now });

  it('[IN23] is fetched once for all who ask on two nodes, kept sealed, and renewed before it ends', async () => {
    let renewals = 0;
    const renew = async () => {
      renewals += 1;
      await new Promise((resolve) => setTimeout(resolve, 150));
      return { value: `token ${renewals}`, expiresAt: time.now + 3_600_000 };
    };
    const [one, two] = [node(), node()];
    const all = await Promise.all([1, 2, 3].flatMap(() => [one.get(at, renew), two.get(at, renew)]));
    expect(new Set(all)).toEqual(new Set(['token 1']));
    expect(await one.get(at, renew)).toBe('token 1');
    expect(JSON.stringify((await superuser.query('select * from channel_tokens')).rows)).not.toContain(
      'token 1',
    );
    time.now += 3_600_000 - 30_000;
    expect(await two.get(at, renew)).toBe('token 2');
    expect(renewals).toBe(2);
    await two.forget(at, 'token 1');
    expect(await one.get(at, renew)).toBe('token 2');
    await two.forget(at, 'token 2');
    expect(await one.get(at, renew)).toBe('token 3');
  });

  it('[IN23] that cannot be renewed is used to its end, and then the failure is said', async () => {
    const tokens = node();
    await tokens.get(at, async () => ({ value: 'old', expiresAt: time.now + 61_000 }));
    time.now += 31_000;
    const fail = async () => {
      throw new Error('the provider is away');
    };
    expect(await tokens.get(at, fail)).toBe('old');
    time.now += 31_000;
    await expect(tokens.get(at, fail)).rejects.toThrow('the provider is away');
    expect(await tokens.get(at, async () => ({ value: 'new', expiresAt: time.now + 1_000_000 }))).toBe('new');
  });
});
