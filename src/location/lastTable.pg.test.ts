import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Reservation } from '../domain/booking/state.ts';
import { isKept } from '../domain/booking/state.ts';
import type { Actor } from '../domain/commands.ts';
import { locationConfig } from '../domain/config.ts';
import type { Refusal } from '../domain/refusals.ts';
import { freeze } from '../domain/snapshot.ts';
import type { LocationState } from '../domain/state.ts';
import { smallPlace } from '../testkit/kitchen.ts';
import { useTestDatabase } from '../testkit/postgres.ts';
import { houseRules } from './houseRules.ts';
import { hydrate } from './hotLocation.ts';
import { command, newId, openNode, perform, submit } from './testing/node.ts';
import type { Node } from './testing/node.ts';
import type { Rules } from './rules.ts';

/** A full evening's rush for tables on two servers that share nothing but the database. */

const database = useTestDatabase();
const noor: Actor = { id: 'staff:noor', role: 'host', name: 'Noor' };
const MINUTE = 60_000;
const TABLES = 25;
const CALLS = 1_000;
/** A party of two has its table for 75 minutes: at these times one table takes three parties, at the half hours it takes none of them. */
const TIMES = ['18:00', '19:15', '20:30', '18:30', '19:45'];

const busy = locationConfig.parse({
  ...smallPlace,
  tables: Array.from({ length: TABLES }, (_, index) => ({ id: `T${index + 1}`, seats: 2 })),
});

let nodes: Node[];
/** Of every refusal, whether some table was free after all, in the state in which it was decided. */
const decided: { detail: string; isFull: boolean }[] = [];

const watched: Rules = {
  ...houseRules,
  decide(state, what, context) {
    const decision = houseRules.decide(state, what, context);
    if (!decision.ok && what.name === 'reservation.book') {
      const at = Date.parse(what.input.reservation.at);
      decided.push({ detail: decision.refusal.detail, isFull: freeTables(state, at) === 0 });
    }
    return decision;
  },
};

/** Table by table and from the reservations alone: not by the function that decides. */
function freeTables(state: LocationState, at: number): number {
  const taken = new Set(
    Object.values(state.bookings.reservations)
      .filter((one) => isKept(one) && overlaps(one, at, at + 75 * MINUTE))
      .flatMap(({ tables }) => tables),
  );
  return TABLES - taken.size;
}

function overlaps({ at, minutes }: Reservation, from: number, to: number): boolean {
  return Date.parse(at) < to && from < Date.parse(at) + minutes * MINUTE;
}

beforeAll(async () => {
  nodes = [
    await openNode(database().heardLog, { rules: watched }),
    await openNode(database().heardLog, { rules: watched }),
  ];
});
afterAll(async () => {
  for (const node of nodes) await node.stop();
});

test('[BK80] a thousand calls for a few tables on two nodes: no table twice, and nobody refused while one is free', async () => {
  const [first, second] = nodes;
  if (first === undefined || second === undefined) throw new Error('two nodes');
  await first.log.createOrganization('org', 'org');
  await first.log.createLocation('org', 'rush', 'rush');
  await perform(first, 'rush', command('location.configure', { config: busy }), {
    id: 'cli:owner',
    role: 'owner',
  });
  for (const node of nodes) node.locations.start();
  const tomorrow = new Date(first.log.clock.now() + 86_400_000).toISOString().slice(0, 10);

  const outcomes = await Promise.all(
    Array.from({ length: CALLS }, async (_, index) => {
      const at = `${tomorrow}T${TIMES[index % TIMES.length] ?? ''}:00Z`;
      const what = command('reservation.book', {
        reservation: { id: newId(), at, party: 1 + (index % 2), guest: { name: `Caller ${index}` } },
      });
      const node = index % 3 === 0 ? first : second;
      // A node that is overtaken again and again asks to be asked again, as the SDK does.
      for (let tries = 0; ; tries += 1) {
        const outcome = await submit(node, 'rush', what, noor);
        if (outcome.ok || !('unavailable' in outcome) || tries === 50) return { at, outcome };
      }
    }),
  );

  // Truth is what a process that has seen nothing reads from the database.
  const truth = await hydrate(first.log, houseRules, 'rush');
  if (truth === null) throw new Error('the location is there');
  const booked = Object.values(truth.state.bookings.reservations);
  for (const [index, one] of booked.entries())
    for (const other of booked.slice(index + 1)) {
      const from = Date.parse(other.at);
      const both = one.tables.some((table) => other.tables.includes(table));
      expect([both && overlaps(one, from, from + 75 * MINUTE), one, other]).toEqual([false, one, other]);
    }
  const taken = outcomes.filter(({ outcome }) => outcome.ok).length;
  expect(booked).toHaveLength(taken);

  // Everybody else was told no, with other times, at a moment at which every table was somebody's.
  const refusals = outcomes.flatMap(({ at, outcome }): { at: string; refusal: Refusal }[] =>
    !outcome.ok && 'refusal' in outcome ? [{ at, refusal: outcome.refusal }] : [],
  );
  expect(taken + refusals.length).toBe(CALLS);
  expect(decided.length).toBeGreaterThanOrEqual(refusals.length);
  expect(decided.filter(({ isFull }) => !isFull)).toEqual([]);
  for (const { refusal } of refusals) {
    expect(refusal.code).toBe('conflict');
    expect(refusal.alternatives?.length).toBeGreaterThan(0);
  }
  // No table is left at any of the times: the house is as full as it can be.
  for (const time of TIMES) expect(freeTables(truth.state, Date.parse(`${tomorrow}T${time}:00Z`))).toBe(0);

  // Both nodes know the same book.
  for (const node of nodes) {
    await node.locations.refresh('rush');
    const state = node.locations.peek('rush')?.state;
    expect(state && freeze(state)).toEqual(freeze(truth.state));
  }
});
