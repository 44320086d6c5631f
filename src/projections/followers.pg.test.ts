import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readEvent } from '../domain/events.ts';
import type { LoggedEvent } from '../domain/events.ts';
import { presentOrder } from '../domain/present.ts';
import { createEffectsFollower } from '../jobs/effectsFollower.ts';
import type { Effect, EffectsFollower } from '../jobs/effectsFollower.ts';
import type { LocationsOptions } from '../location/locations.ts';
import { command, furnish, newId, openNode, orderCommand, perform } from '../location/testing/node.ts';
import type { Node } from '../location/testing/node.ts';
import { createPool } from '../log/pool.ts';
import { useTestDatabase } from '../testkit/postgres.ts';
import { EffectLedger } from './effectLedger.ts';
import { createOrderSearch } from './orderSearch.ts';
import { orders } from './orders.ts';
import { PROJECTIONS } from './all.ts';
import { createFollower } from './follower.ts';
import type { Follower } from './follower.ts';

const database = useTestDatabase();
let node: Node;
let app: pg.Pool;
let superuser: pg.Pool;
let follower: Follower;
let count = 0;

beforeAll(async () => {
  app = createPool(database().app, { name: 'app', max: 4, log: () => undefined });
  superuser = new pg.Pool({ ...database().superuser, max: 1 });
  const followers: NonNullable<LocationsOptions['onCommit']>[] = [];
  node = await openNode(database().heardLog, {
    onCommit: (...change) => followers.forEach((one) => one(...change)),
  });
  follower = makeFollower();
  followers.push(follower.committed);
});
afterAll(async () => {
  await follower.stop();
  await node.stop();
  await app.end();
  await superuser.end();
});

function makeFollower(more: Partial<Parameters<typeof createFollower>[0]> = {}): Follower {
  return createFollower({
    log: node.log,
    projections: PROJECTIONS,
    pool: app,
    gatherMs: 20,
    pollMs: 100,
    ...more,
  });
}

async function place(): Promise<string> {
  const location = `p${(count += 1)}`;
  await furnish(node, location);
  return location;
}

async function rows(location: string): Promise<Record<string, unknown>[]> {
  return (
    await superuser.query<Record<string, unknown>>(
      'select id, number, status, type, total::int, guest_name, closed_at is not null as closed, body from orders where location_id = $1 order by number',
      [location],
    )
  ).rows;
}

async function checkpoint(location: string, name = 'orders'): Promise<number> {
  const { rows: found } = await superuser.query<{ seq: string }>(
    'select seq from checkpoints where location_id = $1 and name = $2',
    [location, name],
  );
  return Number(found[0]?.seq ?? 0);
}

/** A morning: orders, a cancellation, a hand-over. */
async function morning(location: string): Promise<string[]> {
  const ids = [newId(), newId(), newId()];
  await perform(
    node,
    location,
    orderCommand(newId(), ids[0], { guest: { name: 'Roberta' }, type: 'takeout' }),
  );
  await perform(node, location, orderCommand(newId(), ids[1]));
  await perform(node, location, orderCommand(newId(), ids[2]));
  await perform(node, location, command('order.cancel', { order: ids[1] ?? '', reason: 'guest left' }));
  for (const ticket of node.locations.peek(location)?.state.orders.get(ids[2] ?? '')?.tickets ?? [])
    await perform(node, location, command('ticket.bump', { ticket: ticket.id }));
  await perform(node, location, command('order.serve', { order: ids[2] ?? '' }));
  return ids;
}

describe('orders', () => {
  test('[F46] rows follow the commits, with what search looks at and the order as the contract shows it', async () => {
    const location = await place();
    const ids = await morning(location);
    const head = node.locations.peek(location)?.head ?? 0;
    await expect.poll(() => checkpoint(location)).toBe(head);
    const found = await rows(location);
    expect(
      found.map(({ number, status, guest_name, closed }) => ({ number, status, guest_name, closed })),
    ).toEqual([
      { number: 1, status: 'placed', guest_name: 'Roberta', closed: false },
      { number: 2, status: 'cancelled', guest_name: null, closed: true },
      { number: 3, status: 'completed', guest_name: null, closed: false },
    ]);
    for (const [index, id] of ids.entries()) {
      const order = node.locations.peek(location)?.state.orders.get(id);
      expect(found[index]?.['body']).toEqual(
        order && JSON.parse(JSON.stringify(presentOrder(order, 'staff', false))),
      );
    }
  });

  test('[F58] whoever asks finds what was answered before, however long commits are gathered', async () => {
    const slow = makeFollower({ gatherMs: 60_000 });
    let told = 0;
    const other = await openNode(database().heardLog, {
      onCommit: (...change) => {
        told += 1;
        slow.committed(...change);
      },
    });
    const location = await place();
    const order = newId();
    await perform(other, location, orderCommand(newId(), order));
    expect(told).toBeGreaterThan(0);
    expect(await createOrderSearch(app, slow.settle).find(location, order)).toMatchObject({ id: order });
    await slow.stop();
    await other.stop();
  });

  test('[F47] what was not heard of is found by comparing checkpoints with heads, and taken from the log', async () => {
    const location = await place();
    await morning(location);
    await expect.poll(() => checkpoint(location)).toBe(node.locations.peek(location)?.head);
    const told = await rows(location);
    await superuser.query('delete from orders where location_id = $1', [location]);
    await superuser.query('update checkpoints set seq = 3 where location_id = $1 and name = $2', [
      location,
      'orders',
    ]);
    const other = makeFollower();
    other.start();
    await expect.poll(() => rows(location), { timeout: 5_000 }).toEqual(told);
    await other.stop();

    // The same when a commit comes before the poll: what it says does not reach back far enough.
    await superuser.query('delete from orders where location_id = $1', [location]);
    await superuser.query('update checkpoints set seq = 3 where location_id = $1 and name = $2', [
      location,
      'orders',
    ]);
    await perform(node, location, orderCommand());
    await expect.poll(async () => (await rows(location)).length, { timeout: 5_000 }).toBe(4);
  });

  test('[F48] an order that left memory long ago is found by a follower that starts at nothing', async () => {
    const location = await place();
    const ids = await morning(location);
    for (const id of [ids[1], ids[2]]) {
      await node.locations.submitInner(
        location,
        { id: newId(), name: 'order.close', input: { order: id ?? '' } },
        { id: 'policy:order.close', role: 'policy' },
      );
      await node.locations.submitInner(
        location,
        { id: newId(), name: 'order.archive', input: { order: id ?? '' } },
        { id: 'policy:order.archive', role: 'policy' },
      );
    }
    expect(node.locations.peek(location)?.state.orders.size).toBe(1);
    await expect.poll(() => checkpoint(location)).toBe(node.locations.peek(location)?.head);
    const told = await rows(location);
    expect(told.map(({ status }) => status)).toEqual(['placed', 'cancelled', 'closed']);
    await superuser.query('delete from orders where location_id = $1', [location]);
    await superuser.query('delete from checkpoints where location_id = $1', [location]);
    expect(await follower.catchUp(location)).toBe(true);
    expect(await rows(location)).toEqual(told);
  });

  test('[F49] rebuilt beside and swapped: the same rows, and what was wrong is right again', async () => {
    const location = await place();
    await morning(location);
    await expect.poll(() => checkpoint(location)).toBe(node.locations.peek(location)?.head);
    const told = await rows(location);
    await superuser.query(`update orders set status = 'lost', total = 7 where location_id = $1`, [location]);
    await superuser.query(
      `insert into orders (location_id, id, status, type, placed_at, body) values ($1, 'ghost', 'placed', 'counter', now(), '{}')`,
      [location],
    );
    expect(await follower.rebuild(location, [orders])).toBe(3);
    expect(await rows(location)).toEqual(told);
    await perform(node, location, orderCommand());
    await expect.poll(async () => (await rows(location)).length).toBe(4);
    const { rows: beside } = await superuser.query(
      `select relname from pg_class where relname = 'orders_beside'`,
    );
    expect(beside).toEqual([]);
  });

  test('[F50] two followers of one location do the work once, and a locked checkpoint keeps nobody waiting', async () => {
    const location = await place();
    const other = makeFollower();
    await Promise.all([
      morning(location),
      sleep(5).then(() => other.catchUp(location)),
      sleep(15).then(() => follower.catchUp(location)),
    ]);
    await expect
      .poll(() => checkpoint(location), { timeout: 5_000 })
      .toBe(node.locations.peek(location)?.head);
    expect((await rows(location)).map(({ number }) => number)).toEqual([1, 2, 3]);
    const holder = await superuser.connect();
    await holder.query('begin');
    await holder.query('select from checkpoints where location_id = $1 and name = $2 for update', [
      location,
      'orders',
    ]);
    const at = performance.now();
    expect(await other.catchUp(location)).toBe(false);
    expect(performance.now() - at).toBeLessThan(500);
    await holder.query('rollback');
    holder.release();
    await other.stop();
  });

  test('[F51] rows of one location cannot be seen by a reader of another', async () => {
    const [mine, theirs] = [await place(), await place()];
    await morning(theirs);
    await follower.catchUp(theirs);
    const client = await app.connect();
    await client.query('begin');
    await client.query(`select set_config('heard.location', $1, true)`, [mine]);
    expect((await client.query('select * from orders')).rows).toEqual([]);
    await expect(
      client.query(
        `insert into orders (location_id, id, status, type, placed_at, body) values ($1, 'x', 'placed', 'counter', now(), '{}')`,
        [theirs],
      ),
    ).rejects.toThrow('row-level security');
    await client.query('rollback');
    client.release();
  });
});

describe('effects', () => {
  function makeEffects(
    handed: string[],
    effectsOf: (location: string, event: LoggedEvent) => readonly Effect[],
  ): EffectsFollower {
    return createEffectsFollower<pg.ClientBase>({
      ledger: new EffectLedger(app),
      effectsOf,
      enqueue: async (client, location, effects) => {
        // In the same transaction: a job and its mark exist together or not at all.
        const { rows: marked } = await client.query<{ effect_id: string }>(
          'select effect_id from sent where location_id = $1',
          [location],
        );
        handed.push(
          ...effects
            .filter(({ id }) => marked.some((row) => row.effect_id === id))
            .map(({ id }) => `${location} ${id}`),
        );
      },
      readEvents: async (location, after, limit) =>
        (await node.log.readTail(location, after, limit)).map(
          (row) => readEvent(row) ?? Promise.reject(new Error('unknown')),
        ) as LoggedEvent[],
      gatherMs: 20,
      pollMs: 50,
    });
  }
  const onPlaced = (_location: string, event: LoggedEvent): Effect[] =>
    event.type === 'order.placed'
      ? [{ id: `${event.seq}/sms`, kind: 'sms', until: '2099-01-01T00:00:00.000Z', data: null }]
      : [];

  test('[F52] each effect is handed over once: by the commit, by the poll, by another node, after a restart', async () => {
    const location = await place();
    const handed: string[] = [];
    const [one, two] = [makeEffects(handed, onPlaced), makeEffects(handed, onPlaced)];
    one.start();
    two.start();
    const place_ = async (): Promise<void> => {
      const before = node.locations.peek(location)?.state;
      await perform(node, location, orderCommand());
      const after = node.locations.peek(location)?.state;
      const events = (node.seen.get(location) ?? []).filter(
        ({ seq }) => seq > (before?.head ?? 0) && seq <= (after?.head ?? 0),
      );
      if (before === undefined || after === undefined) throw new Error('the location is hot');
      one.committed({ id: location }, before, after, events);
      two.committed({ id: location }, before, after, events);
    };
    await one.catchUp(location);
    for (let index = 0; index < 10; index += 1) await place_();
    await expect
      .poll(() => checkpoint(location, 'effects'), { timeout: 5_000 })
      .toBe(node.locations.peek(location)?.head);
    await Promise.all([one.stop(), two.stop()]);
    const third = makeEffects(handed, onPlaced);
    await third.catchUp(location);
    await third.stop();
    const here = handed.filter((one) => one.startsWith(`${location} `));
    expect(here).toHaveLength(10);
    expect(new Set(handed).size).toBe(handed.length);
  });

  test('[F53] with no kinds of effects it keeps its place, and rebuilding projections sends nothing again', async () => {
    const location = await place();
    const quiet = makeEffects([], () => []);
    await morning(location);
    await quiet.catchUp(location);
    await quiet.stop();
    expect(await checkpoint(location, 'effects')).toBe(node.locations.peek(location)?.head);
    await follower.rebuild(location);
    const handed: string[] = [];
    const later = makeEffects(handed, onPlaced);
    await later.catchUp(location);
    expect(handed).toEqual([]);
    await perform(node, location, orderCommand());
    await later.catchUp(location);
    await later.stop();
    expect(handed).toEqual([
      `${location} ${(node.seen.get(location) ?? []).findLast(({ type }) => type === 'order.placed')?.seq}/sms`,
    ]);
  });
});
