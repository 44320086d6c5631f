import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { burger, cook, id, Kitchen, lemonade, luis } from '../testkit/kitchen.ts';
import { evening, run } from '../testkit/kitchenSteps.ts';
import { command, furnish, newId, openNode, orderCommand, perform } from '../location/testing/node.ts';
import type { Node } from '../location/testing/node.ts';
import type { LocationsOptions } from '../location/locations.ts';
import { createPool } from '../log/pool.ts';
import { useTestDatabase } from '../testkit/postgres.ts';
import { PROJECTIONS } from './all.ts';
import { createFollower } from './follower.ts';
import type { Follower } from './follower.ts';
import { kitchen as kitchenFigures } from './kitchen.ts';
import { allRows, importLog } from './testing/tables.ts';

const database = useTestDatabase();
let node: Node;
let app: pg.Pool;
let superuser: pg.Pool;
const told: NonNullable<LocationsOptions['onCommit']>[] = [];

beforeAll(async () => {
  app = createPool(database().app, { name: 'app', max: 4, log: () => undefined });
  superuser = new pg.Pool({ ...database().superuser, max: 1 });
  node = await openNode(database().heardLog, {
    onCommit: (...change) => told.forEach((one) => one(...change)),
  });
});
afterAll(async () => {
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
    pollMs: 50,
    ...more,
  });
}

const one = async <T>(text: string, location: string): Promise<T | undefined> =>
  (await superuser.query(text, [location])).rows[0] as T | undefined;

describe('what reports count', () => {
  test('[FG1] a line is sold once, at its price then, and a void, a cancellation or a remake is written beside it', async () => {
    const house = new Kitchen();
    house.now = Date.parse('2026-03-13T12:30:00.000Z');
    house.do('order.place', {
      order: {
        id: id('order', 1),
        type: 'counter',
        items: [burger(1, { qty: 2 }), lemonade(2), burger(3), lemonade(4)],
      },
    });
    house.do('item.void', {
      order: id('order', 1),
      item: id('item', 1),
      reason: 'dropped',
      made: true,
      qty: 1,
    });
    house.do('ticket.bump', { ticket: house.ticket(1, 'grill') });
    house.do('item.refire', { order: id('order', 1), item: id('item', 3), reason: 'cold' });
    house.do('order.place', { order: { id: id('order', 2), type: 'takeout', items: [lemonade(5)] } });
    house.do('order.cancel', { order: id('order', 2), reason: 'guest left' });
    await importLog(node.log, 'sold', house.log);
    await makeFollower().catchUp('sold');
    const rows = await allRows(superuser, 'sold');
    // The remake's id follows from its command's, and comes after those of the order.
    expect(rows['sold_lines']).toMatchObject([
      { line_id: id('item', 1), name: 'Classic Burger', category: 'mains', qty: 1, net: '1350', hour: 12 },
      { line_id: id('item', 2), category: 'drinks', qty: 1, net: '450', type: 'counter', source: 'pos' },
      { line_id: id('item', 3), qty: 1, net: '1350', refire_of: null },
      { line_id: id('item', 4), qty: 1, net: '450' },
      { line_id: id('item', 5), qty: 0, net: '0', type: 'takeout' },
      { qty: 1, net: '0', refire_of: id('item', 3), name: 'Classic Burger' },
    ]);
    expect(rows['corrections']).toMatchObject([
      { kind: 'void', qty: 1, value: '1350', reason: 'dropped', made: true, station: 'grill' },
      { kind: 'refire', qty: 1, value: '1350', reason: 'cold', made: true },
      { kind: 'cancel', qty: 1, value: '450', reason: 'guest left', made: null },
    ]);
  });

  test('[FG2] a fire keeps when it was heard, started, ready, recalled and passed, and the thresholds that held then', async () => {
    const house = new Kitchen();
    const start = Date.parse('2026-03-13T18:00:00.000Z');
    const after = (minutes: number): void => void (house.now = start + minutes * 60_000);
    after(0);
    house.do('order.place', {
      order: { id: id('order', 1), type: 'counter', items: [burger(1), lemonade(2)] },
    });
    const grill = house.ticket(1, 'grill');
    after(0.1);
    house.inner('ticket.hear', { ticket: grill });
    after(3);
    house.do('ticket.start', { ticket: grill }, cook);
    house.inner('location.configure', {
      config: {
        ...house.state.config!,
        stations: house.state.config!.stations.map((one) => ({ ...one, warn: 1, late: 2 })),
      },
    });
    after(10);
    house.do('ticket.bump', { ticket: grill }, cook);
    after(12);
    house.do('ticket.recall', { ticket: grill }, cook);
    house.inner('ticket.hear', { ticket: grill });
    after(15);
    house.do('ticket.bump', { ticket: grill }, cook);
    house.do('ticket.bump', { ticket: house.ticket(1, 'drinks') }, cook);
    after(16);
    house.do('order.serve', { order: id('order', 1) }, luis);
    await importLog(node.log, 'fired', house.log);
    await makeFollower().catchUp('fired');
    const rows = await allRows(superuser, 'fired');
    const at = (minutes: number): Date => new Date(start + minutes * 60_000);
    expect(rows['fired_tickets']).toMatchObject(
      [
        {
          station: 'grill',
          number: 1,
          fired_at: at(0),
          heard_at: at(0.1),
          started_at: at(3),
          first_ready_at: at(10),
          recalled_at: at(12),
          ready_at: at(15),
          passed_at: at(16),
          warn: 600,
          late: 900,
          recalls: 1,
          status: 'passed',
          hour: 18,
          lines: 1,
        },
        {
          station: 'drinks',
          heard_at: null,
          started_at: at(15),
          first_ready_at: at(15),
          passed_at: at(16),
          late: 300,
        },
      ].toSorted((a, b) => (ticketId(house, a.station) < ticketId(house, b.station) ? -1 : 1)),
    );
    expect(rows['cooked_lines']).toMatchObject([
      {
        station: 'grill',
        item: 'burger',
        name: 'BURGER',
        category: 'mains',
        fired_at: at(0),
        started_at: at(3),
        ready_at: at(10),
        dropped: false,
      },
      { station: 'drinks', item: 'lemonade', started_at: at(15), ready_at: at(15) },
    ]);
  });

  const ticketId = (house: Kitchen, station: string): string => house.ticket(1, station);

  test('[FG3] whatever happens in an evening, followed in any pieces is the same as made anew in one', async () => {
    let count = 0;
    await fc.assert(
      fc.asyncProperty(
        evening,
        fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 20 }),
        async (steps, cuts) => {
          const house = new Kitchen();
          for (const step of steps) run(house, step);
          const location = `evening-${(count += 1)}`;
          const follower = makeFollower();
          let from = 0;
          for (const cut of [...cuts, house.log.length]) {
            const piece = house.log.slice(from, from + cut);
            if (piece.length === 0) continue;
            await importLog(node.log, location, piece, from);
            from += piece.length;
            expect(await follower.catchUp(location)).toBe(true);
          }
          const followed = await allRows(superuser, location);
          await follower.rebuild(location);
          expect(await allRows(superuser, location)).toEqual(followed);
          await follower.stop();
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe('two nodes and a rebuild', () => {
  test('[FG4] orders that come while the tables are made anew are in them, once each, and nobody ever sees fewer', async () => {
    const follower = makeFollower();
    told.push(follower.committed);
    const other = makeFollower();
    other.start();
    follower.start();
    const location = 'busy';
    await furnish(node, location);
    let placed = 0;
    let least = 0;
    let over = false;
    const seen: number[] = [];
    const looking = (async () => {
      while (!over) {
        const found = await one<{ n: number }>(
          'select count(*)::int as n from sold_lines where location_id = $1',
          location,
        );
        seen.push(found?.n ?? 0);
        await sleep(3);
      }
    })();
    const ordering = (async () => {
      for (; placed < 60; placed += 1) {
        const order = newId();
        await perform(node, location, orderCommand(newId(), order));
        if (placed % 5 === 0)
          await perform(node, location, command('order.cancel', { order, reason: 'guest left' }));
      }
    })();
    for (let times = 0; times < 6; times += 1) await follower.rebuild(location);
    await follower.rebuild(location, [kitchenFigures]);
    await ordering;
    await follower.settle(location);
    await follower.catchUp(location);
    over = true;
    await looking;
    for (const count of seen) {
      expect(count).toBeGreaterThanOrEqual(least);
      least = count;
    }
    const followed = await allRows(superuser, location);
    expect(followed['orders']).toHaveLength(60);
    expect(followed['sold_lines']).toHaveLength(120);
    expect(followed['corrections']).toHaveLength(24);
    expect(followed['fired_tickets']).toHaveLength(120);
    await other.rebuild(location);
    expect(await allRows(superuser, location)).toEqual(followed);
    told.length = 0;
    await Promise.all([follower.stop(), other.stop()]);
  });
});
