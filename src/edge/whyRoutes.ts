import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Accounts } from '../accounts/accounts.ts';
import type { LoggedEvent } from '../domain/events.ts';
import type { Order } from '../domain/order.ts';
import type { LocationState } from '../domain/state.ts';
import { toInstant, toMillis, words } from '../domain/text.ts';
import type { Locations } from '../location/locations.ts';
import type { Log } from '../log/types.ts';
import { eventsBetween } from '../ops/drills.ts';
import type { Seeing } from '../ops/seeing.ts';
import { type StationEyes, WHY_WORDS, type WhyFact, explainOrder, ordersMeant } from '../ops/why.ts';
import type { OrderSearch } from '../projections/orderSearch.ts';
import { stateAt } from '../projections/replay.ts';
import { placeOf } from './app.ts';
import type { Caller } from './door.ts';
import { parseInput, refuse } from './problem.ts';

/** `GET …/why?q=42`: where the tickets of an order are, and why. */

export type WhyRouteOptions = {
  readonly locations: Pick<Locations, 'open'>;
  readonly log: Pick<Log, 'readTail' | 'seqAt' | 'loadSnapshot'>;
  readonly orders: OrderSearch;
  readonly seeing: Pick<Seeing, 'watch' | 'goneSince' | 'connections'>;
  readonly devices: Pick<Accounts['devices'], 'list'>;
  readonly now: () => number;
};

export const whyQuery = z.strictObject({ q: words(80) });
const said = z.object({
  what: z.string(),
  at: z.string().optional(),
  values: z.record(z.string(), z.union([z.string(), z.number()])),
  say: z.string(),
});
export const whyAnswer = z.object({
  orders: z.array(
    z.object({
      order: z.string(),
      number: z.int(),
      displayId: z.string().optional(),
      source: z.string(),
      table: z.string().optional(),
      status: z.string(),
      placedAt: z.string(),
      facts: z.array(said),
      tickets: z.array(
        z.object({
          ticket: z.string(),
          station: z.string(),
          name: z.string(),
          status: z.string(),
          facts: z.array(said),
        }),
      ),
    }),
  ),
});

const MAY_ASK = new Set(['owner', 'manager', 'expo', 'kitchen']);
const MOST_ORDERS = 3;
const MOST_EVENTS = 20_000;
/** An order's life in the log: a day and what is closed after it. */
const LIFE_MS = 36 * 3_600_000;
/** A screen that went before is no answer. */
const MOST_LINES = 50;

export function registerWhy(app: FastifyInstance, options: WhyRouteOptions): void {
  app.get(
    '/v1/locations/:location/why',
    {
      config: {
        allow: ({ claims }: Caller) => {
          if (!MAY_ASK.has(claims.role))
            throw refuse('forbidden', `The role ${claims.role} may not read this`);
        },
      },
    },
    async (request) => {
      const { id } = placeOf(request);
      const { q } = parseInput(whyQuery, request.query);
      const state = (await options.locations.open(id))?.state;
      if (state === undefined) throw refuse('not_found', 'There is no such location');
      const here = ordersMeant(state, q).slice(0, MOST_ORDERS);
      const found =
        here.length > 0 ? here.map((order) => ({ order, state })) : await ofOtherDays(options, id, q);
      const eyes = await eyesOf(options, id, new Set(found.flatMap(({ order }) => stationsOf(order))));
      const orders = [];
      for (const one of found) {
        const history = await historyOf(options, id, one.order);
        const told = explainOrder(one.state, one.order, history, eyes);
        const left: WhyFact[] = state.orders.has(one.order.id) ? [] : [{ what: 'left', values: {} }];
        orders.push({
          ...told,
          facts: [...told.facts, ...left].map(inWords),
          tickets: told.tickets.map((ticket) => ({ ...ticket, facts: ticket.facts.map(inWords) })),
        });
      }
      return { orders };
    },
  );
}

function inWords(fact: WhyFact) {
  const say = WHY_WORDS[fact.what].replaceAll(/\{(\w+)\}/g, (_whole, name: string) =>
    String(fact.values[name] ?? ''),
  );
  return { ...fact, say };
}

function stationsOf(order: Order): string[] {
  return order.tickets.flatMap(({ station, backup }) => [station, ...(backup === undefined ? [] : [backup])]);
}

/** Orders that left memory, as they last were there. */
async function ofOtherDays(
  { log, orders }: WhyRouteOptions,
  location: string,
  q: string,
): Promise<{ order: Order; state: LocationState }[]> {
  const page = await orders.search(location, { q, limit: 1 });
  const found: { order: Order; state: LocationState }[] = [];
  for (const { id, placed_at: placedAt } of page?.orders ?? []) {
    const last = (await ownEvents(log, location, id, placedAt)).findLast(
      ({ type }) => type !== 'order.archived',
    );
    if (last === undefined) continue;
    const state = await stateAt(log, location, last.seq);
    const order = state.orders.get(id);
    if (order !== undefined) found.push({ order, state });
  }
  return found;
}

function historyOf({ log }: WhyRouteOptions, location: string, order: Order): Promise<LoggedEvent[]> {
  return ownEvents(log, location, order.id, order.placedAt);
}

async function ownEvents(
  log: WhyRouteOptions['log'],
  location: string,
  order: string,
  placedAt: string,
): Promise<LoggedEvent[]> {
  const from = toMillis(placedAt) ?? 0;
  const all = await eventsBetween(log, location, toInstant(from - 1), toInstant(from + LIFE_MS), MOST_EVENTS);
  return all.filter(({ data }) => {
    if (!('order' in data)) return false;
    return typeof data.order === 'string' ? data.order === order : data.order?.id === order;
  });
}

/** Who looks at these stations, on all nodes together, and who looked last. */
async function eyesOf(
  { seeing, devices }: WhyRouteOptions,
  location: string,
  stations: ReadonlySet<string>,
): Promise<(station: string) => StationEyes> {
  const names = new Map((await devices.list(location)).map(({ id, name }) => [id, name]));
  const all = new Map<string, StationEyes>();
  for (const station of stations) {
    const topic = `station:${station}`;
    const live = seeing.watch
      .screens(location)
      .filter(({ role, topics }) => (role === 'kitchen' || role === 'expo') && topics.includes(topic))
      .map(({ client, name, device, audio }) => ({
        name: names.get(device ?? '') ?? name ?? client,
        audio,
      }));
    const gone = seeing.goneSince(location, station);
    const page =
      live.length > 0
        ? null
        : await seeing.connections.read(location, { screen: station, kinds: ['stream'], limit: MOST_LINES });
    const last = page?.connections.find(({ to }) => to === 'closed');
    all.set(station, {
      live: live.length === 0 && gone === null ? [{ name: station, audio: null }] : live,
      goneSince: gone === null ? null : toInstant(gone),
      last:
        last === undefined
          ? null
          : { screen: last.by ?? last.client ?? station, cause: last.cause ?? 'left', at: last.at },
    });
  }
  return (station) => all.get(station) ?? { live: [], goneSince: null, last: null };
}
