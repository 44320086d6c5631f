import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Kitchen, safePlace } from '../testkit/kitchen.ts';
import { evening, houseWith, run } from '../testkit/kitchenSteps.ts';
import type { Entity, ItemStatus } from './entities.ts';
import { evolve } from './evolve.ts';
import { isLive, itemStatus, liveQty } from './item.ts';
import { isOpen, orderStatus, ticketLines, ticketStatus } from './order.ts';
import { due, nextDeadline } from './policies.ts';
import { freeze, thaw } from './snapshot.ts';
import { type LocationState, emptyLocation } from './state.ts';
import { toInstant } from './text.ts';
import { changedSince, listTopic } from './views.ts';

/** What an item may become, step by step. The list of product states, written again by hand: the code does not know it. */
const LEGAL: Record<ItemStatus, readonly ItemStatus[]> = {
  held: ['fired', 'voided'],
  fired: ['started', 'ready', 'held', 'voided'],
  started: ['ready', 'fired', 'voided'],
  ready: ['started', 'fired', 'served', 'refired', 'voided'],
  served: ['refired', 'started'],
  voided: [],
  refired: [],
};

const TOPICS = [
  'kitchen',
  'pos',
  'floor',
  'host',
  'manager',
  'station:grill',
  'station:fryer',
  'station:drinks',
  'station:unrouted',
];

function replay(kitchen: Kitchen): LocationState {
  return kitchen.log.reduce(evolve, emptyLocation('small-place'));
}

const key = (one: { kind: string; id: string }) => `${one.kind}|${one.id}`;
/** The same runs each time; `HEARD_SEED` and `HEARD_RUNS` look elsewhere and longer. */
const SEED = Number(process.env['HEARD_SEED'] ?? 20_260_101);
const RUNS = { numRuns: Number(process.env['HEARD_RUNS'] ?? 300), seed: SEED };
const steps = evening;

describe('any sequence of legal and illegal commands', () => {
  test('[D1] items change only by legal steps, and terminal stays terminal', () => {
    const did = new Set<string>();
    fc.assert(
      fc.property(steps, (list) => {
        const kitchen = new Kitchen(safePlace);
        for (const one of list) {
          const before = kitchen.state;
          const length = kitchen.log.length;
          const name = run(kitchen, one);
          if (name !== null) did.add(name);
          let state = before;
          for (const event of kitchen.log.slice(length)) {
            const next = evolve(state, event);
            for (const order of state.orders.values()) {
              const after = next.orders.get(order.id);
              if (!after) continue;
              if (!isOpen(order)) expect(orderStatus(after)).toBe(orderStatus(order));
              for (const old of order.items) {
                const now = after.items.find((same) => same.id === old.id);
                if (!now) throw new Error('an item vanished');
                if (itemStatus(now) !== itemStatus(old))
                  expect([event.type, itemStatus(old), LEGAL[itemStatus(old)]]).toEqual([
                    event.type,
                    itemStatus(old),
                    expect.arrayContaining([itemStatus(now)]),
                  ]);
              }
            }
            state = next;
          }
        }
      }),
      RUNS,
    );
    // A property over commands that are all refused would prove nothing.
    expect([...did].sort()).toEqual([
      'item.amend',
      'item.ready',
      'item.refire',
      'item.unready',
      'item.void',
      'menu.restore',
      'menu.soldOut',
      'order.add',
      'order.cancel',
      'order.fire',
      'order.hold',
      'order.place',
      'order.serve',
      'order.transfer',
      'table.block',
      'table.clear',
      'table.seat',
      'ticket.acknowledge',
      'ticket.bump',
      'ticket.escalate',
      'ticket.hear',
      'ticket.print',
      'ticket.recall',
      'ticket.rush',
      'ticket.start',
    ]);
  });

  test('[D2] pieces are never negative or above what was ordered, and every part has its ticket', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const kitchen = new Kitchen(safePlace);
        for (const one of list) {
          run(kitchen, one);
          for (const order of kitchen.state.orders.values()) {
            for (const { qty: all, voidQty, parts, stations, held } of order.items) {
              expect(voidQty).toBeGreaterThanOrEqual(0);
              expect(voidQty).toBeLessThanOrEqual(all);
              for (const part of parts) {
                expect(part.readyQty).toBeGreaterThanOrEqual(0);
                expect(part.readyQty).toBeLessThanOrEqual(all - voidQty);
                const ticket = order.tickets.find((same) => same.id === part.ticket);
                expect(ticket?.station).toBe(part.station);
                if (part.movedTo === undefined && voidQty < all) expect(ticket?.firedAt === null).toBe(held);
              }
              // Never nowhere: each station that makes it has a part of it.
              expect(stations.length).toBeGreaterThan(0);
              for (const station of stations)
                expect(parts.some((part) => part.station === station && part.movedTo === undefined)).toBe(
                  true,
                );
            }
          }
        }
      }),
      RUNS,
    );
  });

  test('[D3] a ticket and an order say what their items say', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const kitchen = new Kitchen(safePlace);
        for (const one of list) run(kitchen, one);
        for (const order of kitchen.state.orders.values()) {
          const live = order.items.filter(isLive).map(itemStatus);
          const status = orderStatus(order);
          if (status === 'ready')
            expect(live.every((same) => same === 'ready' || same === 'served')).toBe(true);
          if (status === 'completed') expect(live.every((same) => same === 'served')).toBe(true);
          if (status === 'placed')
            expect(live.every((same) => same === 'held' || same === 'fired')).toBe(true);
          if (status === 'in_progress')
            expect(live.some((same) => same === 'started' || same === 'ready' || same === 'served')).toBe(
              true,
            );
          for (const ticket of order.tickets) {
            const here = ticketLines(order, ticket).filter(
              ({ item: same, part }) => isLive(same) && part.movedTo === undefined,
            );
            const work = ticketStatus(order, ticket);
            if (work === 'ready')
              expect(
                here.every(({ item: same, part }) => same.served || part.readyQty === liveQty(same)),
              ).toBe(true);
            if (work === 'new')
              expect(here.every(({ part }) => !part.started && part.readyQty === 0)).toBe(true);
            if (work === 'held') expect(ticket.firedAt).toBeNull();
            expect(ticket.readyAt !== undefined).toBe(
              work === 'ready' || work === 'passed' || work === 'done',
            );
          }
        }
      }),
      RUNS,
    );
  });

  test('[D4] the log alone gives the live state; a snapshot and its tail give the same', () => {
    fc.assert(
      fc.property(steps, fc.double({ min: 0, max: 1, noNaN: true }), (list, cut) => {
        const kitchen = new Kitchen(safePlace);
        for (const one of list) run(kitchen, one);
        const live = freeze(kitchen.state);
        expect(freeze(replay(kitchen))).toEqual(live);
        const at = Math.floor(kitchen.log.length * cut);
        const early = kitchen.log.slice(0, at).reduce(evolve, emptyLocation('small-place'));
        expect(freeze(kitchen.log.slice(at).reduce(evolve, thaw(freeze(early))))).toEqual(live);
      }),
      RUNS,
    );
  });

  test('[D5] what a topic shows changes only with its version, and what leaves it is told', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const kitchen = new Kitchen(safePlace);
        for (const one of list) {
          const before = kitchen.state;
          const length = kitchen.log.length;
          run(kitchen, one);
          let state = before;
          for (const event of kitchen.log.slice(length)) {
            const next = evolve(state, event);
            for (const topic of TOPICS) checkStep(state, next, topic, event.seq);
            state = next;
          }
        }
      }),
      { ...RUNS, numRuns: RUNS.numRuns / 3 },
    );
  });

  test('[D6] catching up from any position gives the same board as looking at it', () => {
    fc.assert(
      fc.property(steps, fc.nat(), (list, seed) => {
        const kitchen = new Kitchen(safePlace);
        const states = [kitchen.state];
        for (const one of list) {
          run(kitchen, one);
          states.push(kitchen.state);
        }
        const old = states[seed % states.length] ?? kitchen.state;
        for (const topic of TOPICS) {
          const board = new Map(listTopic(old, topic, 'staff').map((entity) => [key(entity), entity]));
          const changes = changedSince(kitchen.state, topic, old.head, 'staff');
          if (!changes) throw new Error('too old within one test');
          for (const entity of changes.put) board.set(key(entity), entity);
          for (const one of changes.gone) board.delete(key(one));
          const sorted = (entities: Iterable<Entity>) =>
            [...entities].sort((a, b) => (key(a) < key(b) ? -1 : 1));
          expect(sorted(board.values())).toEqual(sorted(listTopic(kitchen.state, topic, 'staff')));
        }
      }),
      { ...RUNS, numRuns: RUNS.numRuns / 2 },
    );
  });

  test('[D7] a table with unfinished work is never free or dirty', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const kitchen = new Kitchen(safePlace);
        for (const one of list) run(kitchen, one);
        for (const order of kitchen.state.orders.values()) {
          if (!isOpen(order) || order.table === undefined) continue;
          expect(['free', 'dirty']).not.toContain(kitchen.state.tables.get(order.table)?.status);
        }
      }),
      RUNS,
    );
  });

  test('[D8] policies come to rest: what is due is done once, and nothing is left due for ever', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const kitchen = new Kitchen(safePlace);
        for (const one of list) run(kitchen, one);
        // Nobody comes any more: every screen is gone.
        const house = houseWith(kitchen, [9_000, 9_000, 9_000]);
        const dueNow = () => due(kitchen.state, toInstant(kitchen.now), house);
        for (let round = 0; round < 80; round += 1) {
          const commands = dueNow();
          if (commands.length === 0) {
            // What is left standing for hours waits for nothing; what lies ahead is waited for.
            const next = nextDeadline(kitchen.state, toInstant(kitchen.now));
            if (next === null) return;
            kitchen.now = Date.parse(next);
          }
          expect(new Set(commands.map((one) => one.id)).size).toBe(commands.length);
          for (const command of commands) {
            const head = kitchen.state.head;
            // One rung may make another needless: an item fired, a ticket voided by what came just before.
            const stillDue = dueNow().some((one) => one.id === command.id);
            const outcome = kitchen.run(command, { id: 'policy:test', role: 'policy' });
            expect(outcome.ok && (!stillDue || kitchen.state.head > head), command.name).toBe(true);
          }
        }
        expect('at rest').toBe('after so many rounds');
      }),
      RUNS,
    );
  });
});

function checkStep(before: LocationState, after: LocationState, topic: string, seq: number): void {
  const old = new Map(listTopic(before, topic, 'staff').map((entity) => [key(entity), entity]));
  const now = new Map(listTopic(after, topic, 'staff').map((entity) => [key(entity), entity]));
  for (const [name, entity] of now) {
    const was = old.get(name);
    if (was && JSON.stringify(was) === JSON.stringify(entity)) continue;
    expect([topic, name, entity.version]).toEqual([topic, name, seq]);
  }
  const gone = changedSince(after, topic, seq - 1, 'staff')?.gone.map(key) ?? [];
  for (const name of old.keys()) if (!now.has(name)) expect(gone).toContain(name);
  for (const name of gone) expect(old.has(name)).toBe(true);
}
