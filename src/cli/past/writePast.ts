import { setTimeout as sleep } from 'node:timers/promises';
import type { LocationConfig } from '../../domain/config.ts';
import { locationSections } from '../../domain/config.ts';
import { nextDeadline } from '../../domain/policies.ts';
import { STATE_VERSION, freeze } from '../../domain/snapshot.ts';
import { toInstant } from '../../domain/text.ts';
import { businessDay } from '../../location/businessDay.ts';
import type { Json, Log, Proposal, StoredEvent } from '../../log/types.ts';
import type { ConnectionLine } from '../../ops/connectionLog.ts';
import { readLocalTime } from '../../ops/localTime.ts';
import type { EffectLedger } from '../../projections/effectLedger.ts';
import type { Follower } from '../../projections/follower.ts';
import type { Step } from '../../projections/projection.ts';
import { badFriday, linesOf, outageOn } from './badEvening.ts';
import { Brigade } from './brigade.ts';
import { createChance } from '../../simulators/chance.ts';
import { type Crowd, closeHouse, inviteGuests, inviteMore } from './guests.ts';
import { PastHouse } from './pastHouse.ts';

/**
 * A month of service for a location that has had none, written as the events that it would have left: figures, the black
 * box and audits have something to show. Only into an empty log, before anything is live.
 */

export type PastTools = {
  readonly log: Pick<Log, 'append' | 'saveSnapshot' | 'readHeads' | 'clock'>;
  /** The past is told to nobody outside. */
  readonly ledger: Pick<EffectLedger, 'passOver'>;
  /** Takes the steps as they come: reading the log again would cost as much as writing it. */
  readonly projections: Pick<Follower, 'committed'>;
  readonly connections: { write(location: string, line: ConnectionLine): boolean };
};

/** `isWhole` is false where somebody else began to write there: it ends with the day before. */
export type PastReport = {
  readonly events: number;
  readonly orders: number;
  readonly ms: number;
  readonly isWhole: boolean;
};

const DAY_MS = 86_400_000;
/** Who comes later than this before now would still sit at a table. */
const LAST_GUEST_MS = 80 * 60_000;
const OVER_MS = 3 * 60_000;
/** Orders that come while no screen of the house has a line. */
const BAD_ORDERS = 6;
const SEED = 20_261;
/** How long a row of the log may be held by somebody who writes nothing in the end. */
const HELD_MS = 5_000;

const OWNER = { id: 'demo:past', role: 'owner', name: 'heard demo' } as const;

/** Null: the location has a log already, or gets one from somebody else before its first day is written. */
export async function writePast(
  location: string,
  config: LocationConfig,
  crowd: Crowd,
  days: number,
  tools: PastTools,
): Promise<PastReport | null> {
  const { log } = tools;
  const begun = performance.now();
  const now = log.clock.now();
  let [orders, written] = [0, 0];
  let isWhole = true;
  const head = await tools.ledger.passOver(location, async () => {
    if ((await log.readHeads([location])).get(location) !== 0) return null;
    const house = new PastHouse(location, now - (days + 1) * DAY_MS, createChance(SEED + location.length));
    const brigade = new Brigade(house);
    // What a house can be besides its kitchen is not part of this past: no stock runs out in it, nobody is booked.
    house.perform('location.configure', { config: { ...config, ...locationSections.parse({}) } }, OWNER);
    const all = daysUntil(businessDay(config, now), days);
    const bad = badFriday(all);
    const outage = bad === null ? null : outageOn(bad, config.timezone, now);
    if (outage !== null) {
      brigade.loseScreens(outage);
      inviteMore(house, brigade, config, BAD_ORDERS, outage);
      for (const line of linesOf(location, config, outage)) tools.connections.write(location, line);
    }
    // The database writes a day while the next one happens.
    let writing: Promise<boolean> = Promise.resolve(true);
    for (const day of all) {
      inviteGuests(house, brigade, config, crowd, day, now - LAST_GUEST_MS);
      const closes = readLocalTime(`${nextDay(day)}T0${config.dayEndsAt % 10}:00`, config.timezone, now);
      house.runUntil(Math.min(closes ?? now, now - OVER_MS));
      if (day === all.at(-1)) {
        brigade.finish();
        closeHouse(house, config);
      }
      const steps = house.takeSteps();
      if (!(await writing)) break;
      writing = append(location, steps, day === all.at(-1), tools).then((isWritten) => {
        if (!isWritten) return false;
        written = steps.at(-1)?.after.head ?? written;
        orders += steps.filter(({ event }) => event.type === 'order.placed').length;
        return true;
      });
    }
    isWhole = await writing;
    return written === 0 ? null : written;
  });
  return head === null ? null : { events: head, orders, ms: performance.now() - begun, isWhole };
}

/** Answers false when somebody else wrote there first. */
async function append(
  location: string,
  steps: readonly Step[],
  isLast: boolean,
  tools: PastTools,
): Promise<boolean> {
  const [first, last] = [steps[0], steps.at(-1)];
  if (first === undefined || last === undefined) return true;
  const { before } = first;
  const { after } = last;
  const events = steps.map(({ event }) => event);
  const proposal = {
    location,
    expected: before.head,
    head: after.head,
    // Nobody wakes the house before its past is whole.
    deadline: isLast ? nextDeadline(after) : null,
    events: events.map(({ seq, at, by, command, type, v, data }): StoredEvent => ({
      seq,
      at,
      by: asJson(by),
      command,
      type,
      v,
      data: asJson(data),
    })),
    results: [],
  };
  if (!(await enter(proposal, tools.log))) return false;
  const states = steps.map((step) => step.after);
  tools.projections.committed({ id: location }, before, after, events, { states });
  // One a day is kept: time travel starts from it.
  await tools.log.saveSnapshot(location, {
    seq: after.head,
    stateVersion: STATE_VERSION,
    at: after.at ?? toInstant(0),
    state: freeze(after) as Json,
  });
  return true;
}

async function enter(proposal: Proposal, log: PastTools['log']): Promise<boolean> {
  const { location, expected } = proposal;
  for (const until = performance.now() + HELD_MS; ;) {
    if ((await log.append([proposal])).has(location)) return true;
    // A row that somebody else holds for a moment is passed over too; then the head has not moved.
    if ((await log.readHeads([location])).get(location) !== expected || performance.now() > until)
      return false;
    await sleep(20);
  }
}

/** Events are plain data; what is undefined in them JSON drops. */
function asJson(value: object): Json {
  return value as Json;
}

function daysUntil(today: string, count: number): string[] {
  return Array.from({ length: count + 1 }, (_, index) => addDays(today, index - count));
}

function nextDay(day: string): string {
  return addDays(day, 1);
}

function addDays(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
}
