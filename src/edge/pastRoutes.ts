import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { readEvent } from '../domain/events.ts';
import type { LoggedEvent } from '../domain/events.ts';
import { isLive } from '../domain/item.ts';
import { type Order, onBoard, ticketLines, ticketStatus } from '../domain/order.ts';
import { presentStation } from '../domain/present.ts';
import { topicKind } from '../domain/rights.ts';
import { type LocationState, findByTicket } from '../domain/state.ts';
import { toInstant, toMillis, uuid, words } from '../domain/text.ts';
import { viewHash } from '../domain/viewHash.ts';
import { listTopic, topicExists } from '../domain/views.ts';
import type { Locations } from '../location/locations.ts';
import type { Log } from '../log/types.ts';
import { readLocalTime } from '../ops/localTime.ts';
import { tellCause } from '../ops/ticketCause.ts';
import type { TicketTimes } from '../projections/ticketTimes.ts';
import { type Then, type TimeTravel, TooFar, TooMany } from '../projections/timeTravel.ts';
import { callerOf, placeOf } from './app.ts';
import { type Caller, mayReadTopic } from './door.ts';
import { parseInput, refuse, refuseField } from './problem.ts';

/** The black box: a topic as it was at any moment, and why a ticket took as long as it did. */

export type PastRouteOptions = {
  readonly travel: TimeTravel;
  readonly tickets: TicketTimes;
  readonly log: Pick<Log, 'readHeads' | 'seqAt' | 'readTail'>;
  readonly locations: Pick<Locations, 'open'>;
  readonly now: () => number;
};

const managers = {
  allow: ({ claims }: Caller) => {
    if (claims.role !== 'owner' && claims.role !== 'manager')
      throw refuse('forbidden', `The role ${claims.role} may not read this`);
  },
};
/** Somebody who lets an evening play asks a few times a second. */
const rateLimit = { max: 300, timeWindow: '1 minute' };

export const stateQuery = z.strictObject({ topic: words(80), at: words(40) });

const SEQ = /^\d{1,15}$/;
/** The events of one ticket are looked for up to so long after it was ready. */
const AFTER_MS = 4 * 3_600_000;
const MOST_EVENTS = 20_000;

export function registerPast(app: FastifyInstance, options: PastRouteOptions): void {
  const { travel, log, locations, now } = options;
  const base = '/v1/locations/:location';

  app.get(`${base}/state`, { config: { ...managers, rateLimit } }, async (request) => {
    const { id } = placeOf(request);
    const { topic, at } = parseInput(stateQuery, request.query);
    if (topicKind(topic) === null) throw refuse('not_found', `There is no topic "${topic}"`);
    if (!mayReadTopic(callerOf(request).claims, topic))
      throw refuse(
        'forbidden',
        `The role ${callerOf(request).claims.role} may not read the topic "${topic}"`,
      );
    const zone = (await locations.open(id))?.state.config?.timezone ?? 'UTC';
    const { seq, time } = await readMoment(log, id, at, zone, now());
    const { state, until } = await traveled(() => travel.at(id, seq));
    if (!topicExists(state, topic)) throw refuse('not_found', `There was no topic "${topic}" then`);
    const entities = listTopic(state, topic, 'staff');
    return {
      topic,
      at: time ?? state.at ?? toInstant(now()),
      pos: state.head,
      since: state.at,
      until,
      hash: viewHash(entities),
      entities,
    };
  });

  app.get(`${base}/tickets/:ticket/cause`, { config: { ...managers, rateLimit } }, async (request) => {
    const { id } = placeOf(request);
    const ticket = z.object({ ticket: uuid }).safeParse(request.params).data?.ticket;
    const times = ticket === undefined ? null : await options.tickets.find(id, ticket);
    if (ticket === undefined || times === null) throw refuse('not_found', 'There is no such ticket');
    const from = await log.seqAt(id, toInstant((toMillis(times.firedAt) ?? 0) - 1));
    const to = await log.seqAt(id, toInstant((toMillis(times.lastAt) ?? 0) + AFTER_MS));
    const stored = await log.readTail(id, from, Math.min(MOST_EVENTS, to - from));
    const events = stored.flatMap((one) => ofOrder(readEvent(one), times.order) ?? []);
    const fired = events.find((event) => event.type === 'ticket.fired' && event.data.ticket === ticket);
    const { state } = await traveled(() => travel.at(id, fired?.seq ?? from));
    const found = findByTicket(state, ticket);
    if (found === null) throw refuse('not_found', 'There is no such ticket');
    const { order } = found;
    return {
      ticket,
      order: times.order,
      number: times.number,
      station: times.station,
      firedAt: times.firedAt,
      late: times.late,
      ...tellCause({
        ticket,
        station: presentStation(state, times.station)?.id ?? times.station,
        lines: linesOf(order, ticket),
        events,
        late: times.late,
        others: openThere(state, times.station) - 1,
        now: now(),
      }),
    };
  });
}

/** A number is a position; anything else a time, of the location's zone where it names none. */
async function readMoment(
  log: PastRouteOptions['log'],
  location: string,
  said: string,
  zone: string,
  now: number,
): Promise<{ seq: number; time: string | null }> {
  if (SEQ.test(said)) {
    const seq = Number(said);
    const head = (await log.readHeads([location])).get(location) ?? 0;
    if (seq > head) throw refuseField('at', `must not be after the last event (${head})`);
    return { seq, time: null };
  }
  const at = readLocalTime(said, zone, now);
  if (at === null)
    throw refuseField('at', 'must be a position, or a time such as 19:42, 2026-03-13T19:42 or RFC 3339');
  const time = toInstant(Math.min(at, now));
  return { seq: await log.seqAt(location, time), time };
}

async function traveled(look: () => Promise<Then>): Promise<Then> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof TooMany) throw refuse('unavailable', error.message, { retryAfter: 1 });
    if (error instanceof TooFar) throw refuseField('at', `cannot be shown: ${error.message}`);
    throw error;
  }
}

function ofOrder(event: LoggedEvent | null, order: string): LoggedEvent | null {
  if (event === null || !('order' in event.data)) return null;
  const named = event.data.order;
  return (typeof named === 'string' ? named : named?.id) === order ? event : null;
}

function linesOf(order: Order, ticket: string): Map<string, string> {
  const found = order.tickets.find(({ id }) => id === ticket);
  return new Map((found ? ticketLines(order, found) : []).map(({ item }) => [item.id, item.name]));
}

/** Tickets that the station had on its board and not yet ready. */
function openThere(state: LocationState, station: string): number {
  let open = 0;
  for (const order of state.orders.values())
    for (const ticket of order.tickets) {
      if (ticket.station !== station || !onBoard(order, ticket)) continue;
      const status = ticketStatus(order, ticket);
      if (
        (status === 'new' || status === 'cooking') &&
        ticketLines(order, ticket).some(({ item }) => isLive(item))
      )
        open += 1;
    }
  return open;
}
