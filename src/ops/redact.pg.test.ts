import { isDeepStrictEqual } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { proveLog } from '../cli/verify.ts';
import { freeze } from '../domain/snapshot.ts';
import { createPool } from '../log/pool.ts';
import { PROJECTIONS } from '../projections/all.ts';
import { createFollower } from '../projections/follower.ts';
import { stateAt } from '../projections/replay.ts';
import { type TestServer, startTestServer } from '../testkit/insideServer.ts';
import { useTestDatabase } from '../testkit/postgres.ts';
import { createForgetOld } from './forgetOld.ts';
import { redact } from './redact.ts';

const database = useTestDatabase();
let server: TestServer;
let pool: pg.Pool;
const boss = { id: 'user:olga', role: 'owner', name: 'Olga' } as const;

beforeAll(async () => {
  server = await startTestServer(database());
  pool = createPool(database().app, { name: 'redact', max: 1, log: () => undefined });
});
afterAll(async () => {
  await pool.end();
  await server.stop();
});

/** An order that a guest gave; `end` cancels it. Every word about her begins with "zz". */
async function order(guest: { name: string; phone?: string }, end = true): Promise<string> {
  const token = await server.token('manager');
  const id = crypto.randomUUID();
  const item = crypto.randomUUID();
  const say = async (name: string, input: unknown) =>
    expect((await server.command(token, name, input)).body).toMatchObject({ name });
  await say('order.place', {
    order: {
      id,
      type: 'takeout',
      guest,
      notes: `zz-${guest.name} wants it hot`,
      allergies: ['zz nuts'],
      items: [{ id: item, menuItem: 'fries', qty: 2, notes: 'zz crisp', modifiers: [] }],
    },
  });
  await say('item.amend', { order: id, item, notes: 'zz not too crisp' });
  await say('item.void', { order: id, item, qty: 1, reason: 'zz changed her mind', made: true });
  if (end) await say('order.cancel', { order: id, reason: 'zz left' });
  return id;
}

const tools = () => ({ log: server.log, locations: server.locations, pool });
const run = (wish: Parameters<typeof redact>[2]) => redact(tools(), 'brasa', wish, boss);
const logText = async () => JSON.stringify(await server.log.readTail('brasa', 0));

/** Everything that the database holds, as text. */
async function everything(): Promise<string> {
  const client = new pg.Client(database().admin);
  await client.connect();
  try {
    await client.query(`select set_config('heard.location', 'brasa', false)`);
    const { rows } = await client.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`,
    );
    let text = '';
    for (const { name } of rows) {
      const table = await client.query<{ row: string }>(`select t::text as row from ${name} t`);
      text += table.rows
        .map(({ row }) =>
          row.replaceAll(/\\\\x([0-9a-f]{2,})/g, (_all, hex: string) => Buffer.from(hex, 'hex').toString()),
        )
        .join('\n');
    }
    return text;
  } finally {
    await client.end();
  }
}

describe('forgetting somebody', () => {
  it('[SU46] overwrites the words of one order everywhere; the same orders stay, and the audit of the log stays clean', async () => {
    const [ada, bob] = [
      await order({ name: 'zzAda', phone: '+1 212 555 0101' }),
      await order({ name: 'zzBob' }),
    ];
    const follower = createFollower({ log: server.log, pool, projections: PROJECTIONS });
    await follower.catchUp('brasa');
    const hot = await server.locations.open('brasa');
    if (hot === null || hot.state.at === null) throw new Error('no state');
    await server.log.saveSnapshot('brasa', {
      seq: hot.head,
      stateVersion: 4,
      at: hot.state.at,
      state: freeze(hot.state),
    });
    await pool.query('begin');
    await pool.query(`select set_config('heard.location', 'brasa', false)`);
    await pool.query(
      `insert into inbox (location_id, id, channel, provider, dedupe_key, event, method, query, headers, raw, received_at, status)
       values ('brasa', gen_random_uuid(), 'c', 'p', 'k', 'e', 'POST', '', '{}', convert_to('{"who":"zzAda"}', 'UTF8'), now(), 'waiting')`,
    );
    await pool.query('commit');
    expect(await everything()).toContain('zzAda');
    const before = hot.state;
    const written = await server.log.readTail('brasa', 0);

    const report = await run({ order: ada });
    expect(report).toMatchObject({ subjects: [ada], open: [] });
    const left = await server.log.readTail('brasa', 0);
    const changed = left.filter((event, index) => !isDeepStrictEqual(event, written[index]));
    // What was scrapped names her reason as well.
    expect(changed.map(({ type }) => type)).toEqual([
      'order.placed',
      'item.amended',
      'item.voided',
      'stock.scrapped',
      'order.cancelled',
      'person.redacted',
    ]);
    expect(report.events).toBe(changed.length - 1);
    expect(report.rows).toMatchObject({ orders: 1, inbox: 1 });

    const log = await logText();
    expect(log).not.toMatch(/zzAda|2125550101|212 555 0101/);
    expect(log).toContain('zzBob');
    const all = await everything();
    expect(all).not.toMatch(/zzAda|555 0101/);
    expect(all).toContain('zzBob');
    expect(hot.state.orders.get(ada)).toMatchObject({ guest: { name: '—', phone: '—' }, notes: '—' });
    expect(hot.state.orders.get(bob)).toEqual(before.orders.get(bob));
    const replayed = await stateAt(server.log, 'brasa', hot.head);
    expect(freeze(replayed)).toEqual(freeze(hot.state));
    const forgotten = replayed.orders.get(ada);
    expect(forgotten?.items.map(({ name, qty, voidQty }) => [name, qty, voidQty])).toEqual(
      before.orders.get(ada)?.items.map(({ name, qty, voidQty }) => [name, qty, voidQty]),
    );
    await follower.catchUp('brasa');
    await follower.rebuild('brasa');
    expect(await everything()).not.toMatch(/zzAda|555 0101/);
    await server.log.saveSnapshot('brasa', {
      seq: hot.head,
      stateVersion: 4,
      at: hot.state.at,
      state: freeze(hot.state),
    });
    expect((await proveLog(server.log, 'brasa', null, null)).head).toBe(hot.head);

    // Again: there is nothing left to forget.
    expect(await run({ order: ada })).toMatchObject({ subjects: [], events: 0 });
  });

  it('[SU46] finds a guest by the telephone, however it is written, and leaves what is still open', async () => {
    const past = await order({ name: 'zzEve', phone: '0049 30 1234567' });
    const open = await order({ name: 'zzEve', phone: '+49 (30) 1234567' }, false);
    const other = await order({ name: 'zzDan', phone: '+49 30 7654321' });
    expect(await run({ guest: '+49 30 123-4567' })).toMatchObject({ subjects: [past], open: [open] });
    expect(await logText()).toContain(open);
    const hot = await server.locations.open('brasa');
    expect(hot?.state.orders.get(open)?.guest?.name).toBe('zzEve');
    expect(hot?.state.orders.get(other)?.guest?.name).toBe('zzDan');
  });

  it('[SU47] forgets all before a day, and a screen that was behind is told from what is left', async () => {
    const cursor = await snapshotCursor();
    const id = await order({ name: 'zzOld' });
    const report = await run({ before: new Date(Date.now() + 60_000).toISOString() });
    expect(report.subjects).toContain(id);
    expect(report.open).toHaveLength(1);
    const token = await server.token('manager');
    const changes = await server.edge.app.inject({
      url: `/v1/locations/brasa/changes?topic=floor&after=${encodeURIComponent(cursor)}&wait=0`,
      headers: { authorization: `Bearer ${token}` },
    });
    expect(changes.statusCode).toBe(200);
    expect(changes.body).not.toContain('zzOld');
    expect((await logText()).match(/zz/g)).toEqual(
      JSON.stringify(await eventsOf(report.open[0] ?? '')).match(/zz/g),
    );
  });

  it('[SU48] what is older than the location keeps goes by itself: words, papers and lines', async () => {
    const id = await order({ name: 'zzRuth' });
    const forgetOld = createForgetOld(tools());
    const names = async () => (await server.locations.open('brasa'))?.state.orders.get(id)?.guest?.name;
    expect(await forgetOld('brasa', Date.now() + 399 * 86_400_000)).toMatchObject({ guests: 0, calls: 0 });
    expect(await names()).toBe('zzRuth');
    const gone = await forgetOld('brasa', Date.now() + 401 * 86_400_000);
    expect(gone['guests']).toBe(1);
    expect(await names()).toBe('—');
    expect(await forgetOld('brasa', Date.now() + 401 * 86_400_000)).toMatchObject({ guests: 0 });
  });

  async function snapshotCursor(): Promise<string> {
    const answer = await server.edge.app.inject({
      url: '/v1/locations/brasa/snapshot?topic=floor',
      headers: { authorization: `Bearer ${await server.token('manager')}` },
    });
    return answer.json<{ cursor: string }>().cursor;
  }

  async function eventsOf(id: string) {
    return (await server.log.readTail('brasa', 0)).filter((event) => JSON.stringify(event.data).includes(id));
  }
});
