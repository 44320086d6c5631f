import { alertId, alertsOf, findAlert } from './alerts.ts';
import { presentBook, presentReservation, presentWaitEntry } from './booking/present.ts';
import { presentCall, presentTask } from './call/present.ts';
import { ordersChannels, presentChannel } from './channel/present.ts';
import type { Entity, EntityKind, Gone } from './entities.ts';
import { UNROUTED } from './place.ts';
import { isMember, isStation } from './membership.ts';
import {
  type Audience,
  presentAlert,
  presentMenu,
  presentOrder,
  presentStation,
  presentTable,
  presentTicket,
  stationVersion,
} from './present.ts';
import { topicKind } from './rights.ts';
import { presentStock, presentWaste } from './stock/present.ts';
import { presentTracking } from './tracking.ts';
import { type LocationState, type Touch, findByTicket } from './state.ts';

/**
 * A topic is a view of one location for one kind of reader. Everything here is a pure function of state, so a view
 * that was lost with its node is the same view on the next.
 */

export type { Audience } from './present.ts';

/** Is there such a topic in this location? */
export function topicExists(state: LocationState, topic: string): boolean {
  const kind = topicKind(topic);
  if (kind === 'station') {
    const id = topic.slice('station:'.length);
    // The pass has a board too: of what it stands in for.
    return isStation(state, id) || id === state.config?.expo.id;
  }
  if (kind === 'order') return state.tracking.has(topic.slice('order:'.length));
  return kind !== null;
}

/**
 * Where a topic stands: how far its readers can be, since when, and a word that tells this history from another of the
 * same length. A guest's topic counts the changes of its order, every other the log's. Null: it is not there any more.
 */
export function standingOf(
  state: LocationState,
  topic: string,
): { pos: number; at: string; mark: string | null } | null {
  if (topicKind(topic) !== 'order') return { pos: state.head, at: state.at ?? '', mark: null };
  const tracking = state.tracking.get(topic.slice('order:'.length));
  return tracking ? { pos: tracking.version, at: tracking.at, mark: tracking.mark } : null;
}

/** What the topic shows of an entity; null: it is not in the topic. */
export function project(
  state: LocationState,
  topic: string,
  kind: EntityKind,
  id: string,
  audience: Audience,
): Entity | null {
  if (!isMember(state, topic, { kind, id })) return null;
  switch (kind) {
    case 'ticket': {
      const found = findByTicket(state, id);
      if (!found) return null;
      const shown = presentTicket(found.order, found.ticket, audience);
      return topic === `station:${found.ticket.backup ?? ''}` ? { ...shown, backup: shown.station } : shown;
    }
    case 'order': {
      const order = state.orders.get(id);
      return order ? presentOrder(order, audience, topic === 'kitchen') : null;
    }
    case 'table': {
      const table = state.tables.get(id);
      return table ? presentTable(state, table) : null;
    }
    case 'station':
      return presentStation(state, id);
    case 'menu':
      return presentMenu(state, id);
    case 'alert': {
      const found = findAlert(state, id);
      return found && presentAlert(found.type, found.order, found.ticket);
    }
    case 'tracking': {
      const order = state.orders.get(id);
      const tracking = state.tracking.get(id);
      return order && tracking ? presentTracking(order, tracking, state.config) : null;
    }
    case 'reservation':
      return presentReservation(state, id, topic === 'kitchen');
    case 'waitlist':
      return presentWaitEntry(state, id);
    case 'book':
      return presentBook(state);
    case 'call':
      return presentCall(state, id);
    case 'task':
      return presentTask(state, id);
    case 'channel':
      return presentChannel(state, id);
    case 'stock':
      return presentStock(state, id);
    case 'waste':
      return presentWaste(state, id);
    default:
      return kind satisfies never;
  }
}

/** The whole topic, in a stable order: stations, menu, tables, then orders and tickets by age. */
export function listTopic(state: LocationState, topic: string, audience: Audience): Entity[] {
  return [...members(state, topic)].flatMap(
    ({ kind, id }) => project(state, topic, kind, id, audience) ?? [],
  );
}

/** What changed after `pos`: whole entities, and what left. Null: the list of the departed no longer reaches so far back. */
export function changedSince(
  state: LocationState,
  topic: string,
  pos: number,
  audience: Audience,
): { put: Entity[]; gone: Gone[] } | null {
  const gone = goneSince(state, topic, pos);
  if (gone === null) return null;
  const put = [...members(state, topic)].flatMap(({ kind, id, version }) =>
    version > pos ? (project(state, topic, kind, id, audience) ?? []) : [],
  );
  return { put, gone };
}

/** Entities that left the topic after `pos` and have not come back; null when that can no longer be told. */
export function goneSince(state: LocationState, topic: string, pos: number): Gone[] | null {
  const { floor, list } = state.gone[topic] ?? { floor: 0, list: [] };
  if (pos < floor) return null;
  const last = new Map<string, Gone>();
  for (const one of list) if (one.version > pos) last.set(`${one.kind}|${one.id}`, one);
  return [...last.values()].filter((one) => !isMember(state, topic, one));
}

/** How often the ticket has asked to be heard: its fires, recalls and changes. 0: not fired, or not here. */
export function episode(state: LocationState, ticketId: string): number {
  return findByTicket(state, ticketId)?.ticket.episode ?? 0;
}

type Member = Touch & { version: number };

/** What has rules of its own beside orders; `isMember` says which topic it is for. */
const FAMILY_MEMBERS: readonly {
  kind: EntityKind;
  things: (state: LocationState) => Iterable<{ id: string; version: number }>;
}[] = [
  { kind: 'channel', things: ordersChannels },
  { kind: 'stock', things: ({ stock }) => stock.ingredients.values() },
  { kind: 'waste', things: ({ stock }) => stock.waste.map(({ id, seq }) => ({ id, version: seq })) },
  { kind: 'reservation', things: ({ bookings }) => Object.values(bookings.reservations) },
  { kind: 'waitlist', things: ({ bookings }) => Object.values(bookings.waitlist) },
  {
    kind: 'book',
    things: ({ config, configuredAt }) => (config ? [{ id: 'book', version: configuredAt }] : []),
  },
  { kind: 'call', things: ({ calls }) => Object.values(calls.calls) },
  { kind: 'task', things: ({ calls }) => Object.values(calls.tasks) },
];

function* members(state: LocationState, topic: string): Generator<Member> {
  const kind = topicKind(topic);
  if (kind === null) return;
  if (kind === 'order') {
    const id = topic.slice('order:'.length);
    const tracking = state.tracking.get(id);
    if (tracking) yield { kind: 'tracking', id, version: tracking.version };
    return;
  }
  const config = state.config;
  if (kind === 'station')
    yield* present(state, topic, [stationMember(state, topic.slice('station:'.length))]);
  if (kind !== 'station')
    yield* present(
      state,
      topic,
      [...(config?.stations ?? []).map(({ id }) => id), UNROUTED].map((id) => stationMember(state, id)),
    );
  if (kind === 'pos')
    for (const { id } of config?.menu.categories ?? [])
      yield { kind: 'menu', id, version: state.menuVersions[id] ?? state.configuredAt };
  if (kind === 'pos' || kind === 'floor' || kind === 'host')
    for (const { id } of config?.tables ?? [])
      yield { kind: 'table', id, version: state.tables.get(id)?.version ?? state.configuredAt };
  for (const { kind: one, things } of FAMILY_MEMBERS)
    for (const { id, version } of things(state)) yield* present(state, topic, [{ kind: one, id, version }]);
  const orders = [...state.orders.values()].sort((a, b) =>
    a.placedAt === b.placedAt ? a.number - b.number : a.placedAt < b.placedAt ? -1 : 1,
  );
  for (const order of orders) {
    if (kind !== 'station')
      yield* present(state, topic, [{ kind: 'order', id: order.id, version: order.version }]);
    for (const ticket of order.tickets) {
      if (kind === 'station' || kind === 'kitchen')
        yield* present(state, topic, [{ kind: 'ticket', id: ticket.id, version: ticket.version }]);
      for (const type of kind === 'station' ? [] : alertsOf(order, ticket))
        yield* present(state, topic, [
          { kind: 'alert', id: alertId(type, ticket.id), version: ticket.version },
        ]);
    }
  }
}

function stationMember(state: LocationState, id: string): Member {
  return { kind: 'station', id, version: stationVersion(state, id) };
}

function present(state: LocationState, topic: string, candidates: readonly Member[]): Member[] {
  return candidates.filter((one) => isMember(state, topic, one));
}

export { whyGone } from './membership.ts';
