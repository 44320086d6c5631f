import type { Actor } from '../../domain/commands.ts';
import type { LoggedEvent } from '../../domain/events.ts';
import { findMenuItem } from '../../domain/menu.ts';
import { isLive, itemStatus, liveQty } from '../../domain/item.ts';
import { isOpen, orderStatus, ticketLines, ticketStatus } from '../../domain/order.ts';
import { findByTicket } from '../../domain/state.ts';
import type { PastHouse } from './pastHouse.ts';

/**
 * The kitchen and the pass of a past: screens that hear, cooks with two hands each, food that is ready, carried away, sent
 * back. Its answer to a full house is the one of every kitchen: it gets later.
 */

export type Outage = { readonly from: number; readonly to: number };

const expo: Actor = { id: 'staff:luis', role: 'expo', name: 'Luis' };
const waiter: Actor = { id: 'staff:maya', role: 'waiter', name: 'Maya', approvedBy: 'staff:ana' };
const REASONS_VOID = ['guest changed their mind', 'wrong item rung in', 'out of it', 'too slow'];
const REASONS_REFIRE = ['overcooked', 'wrong side', 'dropped', 'cold'];

/** How many things a station has on at once. */
const HANDS: Readonly<Record<string, number>> = { grill: 3, horno: 4, drinks: 4 };
const USUAL_HANDS = 3;
/** What these make is not kept waiting for the rest of the order. */
const AT_ONCE: ReadonlySet<string> = new Set(['drinks', 'mostrador']);
const USUAL_PREP = 120;

export class Brigade {
  readonly #house: PastHouse;
  readonly #hands = new Map<string, number[]>();
  #outage: Outage | null = null;
  /** Orders that somebody at the pass has in hand already. */
  readonly #carrying = new Set<string>();
  /** Told when all of an order was handed over. */
  onServed: (order: string) => void = () => undefined;

  constructor(house: PastHouse) {
    this.#house = house;
    house.onEvent = (event) => this.#notice(event);
  }

  /** For this time no screen of the house has a line. */
  loseScreens(outage: Outage): void {
    const { from, to } = outage;
    this.#house.later(from, () => {
      this.#outage = outage;
      this.#house.goneSince = () => new Date(from).toISOString();
      // Nothing happens by itself while nobody acts: the house is looked at as it looks itself.
      for (let at = from; at < to; at += 2_000) this.#house.later(at, () => undefined);
    });
    this.#house.later(to, () => {
      this.#outage = null;
      this.#house.goneSince = () => null;
    });
  }

  #notice(event: LoggedEvent): void {
    const { chance } = this.#house;
    switch (event.type) {
      case 'ticket.fired':
        this.#fired(event.data.ticket, event.data.station);
        return;
      case 'ticket.unheard': {
        const { ticket, rung, printer, job, copy = 1 } = event.data;
        if (rung !== 3 || printer === undefined || job === undefined) return;
        this.#in(chance.between(2, 4), () => {
          this.#house.perform(
            'ticket.printed',
            { ticket, job, printer, copy },
            { id: 'policy:print', role: 'policy' },
          );
          this.#cook(ticket, event.data.station);
        });
        return;
      }
      case 'item.voided':
        this.#hearAgain(event.data.order);
        // Whoever stands at the station taps the struck line away.
        for (const ticket of this.#ticketsOf(event.data.order, event.data.item))
          this.#in(chance.between(4, 27), () =>
            this.#house.perform('ticket.acknowledge', { ticket }, cookAt('')),
          );
        return;
      case 'order.cancelled':
        this.#hearAgain(event.data.order);
        for (const { id, station } of this.#house.state.orders.get(event.data.order)?.tickets ?? [])
          this.#in(chance.between(4, 27), () =>
            this.#house.perform('ticket.acknowledge', { ticket: id }, cookAt(station)),
          );
        return;
      case 'ticket.recalled':
        this.#hearAgain(event.data.order);
        return;
      default:
        return;
    }
  }

  /** A change is painted as a fire is, where there is a screen to paint it. */
  #hearAgain(order: string): void {
    if (this.#outage !== null) return;
    for (const { id, station } of this.#house.state.orders.get(order)?.tickets ?? [])
      this.#in(this.#house.chance.between(0.15, 0.6), () =>
        this.#house.perform('ticket.hear', { ticket: id, screen: station }, cookAt(station)),
      );
  }

  #in(seconds: number, act: () => void): void {
    this.#house.later(this.#house.now + seconds * 1000, act);
  }

  #fired(ticket: string, station: string): void {
    const { chance } = this.#house;
    const delay = 0.12 + 0.5 * chance.next() ** 3 + (chance.is(0.01) ? chance.between(2, 9) : 0);
    const back =
      this.#outage === null ? 0 : (this.#outage.to - this.#house.now) / 1000 + chance.between(4, 25);
    this.#in(Math.max(delay, back), () => {
      this.#house.perform('ticket.hear', { ticket, screen: station }, cookAt(station));
      this.#cook(ticket, station);
    });
  }

  readonly #known = new Set<string>();

  /** Somebody knows of it: it is started when a hand is free, and ready when it is. */
  #cook(ticket: string, station: string): void {
    const { chance, state } = this.#house;
    const found = findByTicket(state, ticket);
    if (found === null || this.#known.has(ticket)) return;
    this.#known.add(ticket);
    const seconds = ticketLines(found.order, found.ticket)
      .filter(({ item }) => isLive(item))
      .map(({ item }) => {
        const prep =
          item.menuItem === undefined ? undefined : findMenuItem(state.config, item.menuItem)?.prep;
        return (prep ?? USUAL_PREP) + 20 * (liveQty(item) - 1);
      });
    const longest = Math.max(20, ...seconds) * chance.between(0.5, 1) + 8 * Math.max(0, seconds.length - 1);
    const hands = this.#hands.get(station) ?? Array.from({ length: HANDS[station] ?? USUAL_HANDS }, () => 0);
    this.#hands.set(station, hands);
    const free = Math.min(...hands);
    const start = Math.max(this.#house.now + chance.between(6, 55) * 1000, free);
    const ready = start + longest * 1000;
    hands[hands.indexOf(free)] = ready - longest * 250;
    const by = cookAt(station);
    if (chance.is(0.85)) this.#house.later(start, () => this.#house.perform('ticket.start', { ticket }, by));
    this.#house.later(ready, () => this.#bump(ticket, by));
  }

  #bump(ticket: string, by: Actor): void {
    const { chance } = this.#house;
    if (!this.#house.perform('ticket.bump', { ticket }, by)) return;
    // The wrong card, and at once back: that is what the undo is for.
    if (chance.is(0.015))
      this.#in(chance.between(2, 5), () => {
        this.#house.perform('ticket.recall', { ticket }, by);
        this.#in(chance.between(20, 90), () => this.#bump(ticket, by));
      });
    const order = findByTicket(this.#house.state, ticket)?.order;
    if (order === undefined) return;
    const item = order.items.find((one) => isLive(one) && one.parts.some((part) => part.ticket === ticket));
    if (item !== undefined && item.refireOf === undefined && chance.is(0.01))
      this.#in(chance.between(20, 90), () =>
        this.#house.perform(
          'item.refire',
          { order: order.id, item: item.id, reason: chance.pick(REASONS_REFIRE) },
          expo,
        ),
      );
    const station = order.tickets.find(({ id }) => id === ticket)?.station ?? '';
    if (AT_ONCE.has(station)) this.#carryAtOnce(order.id, ticket);
    this.#carry(order.id);
  }

  #carryAtOnce(id: string, ticket: string): void {
    this.#in(this.#house.chance.between(8, 60), () => {
      const order = this.#house.state.orders.get(id);
      if (order === undefined || !isOpen(order)) return;
      const items = order.items.filter(
        (item) => itemStatus(item) === 'ready' && item.parts.some((part) => part.ticket === ticket),
      );
      if (items.length > 0)
        this.#house.perform('order.serve', { order: id, items: items.map((item) => item.id) }, expo);
    });
  }

  /** Whole orders are carried away; what is missing is waited for. */
  #carry(id: string): void {
    const { chance } = this.#house;
    if (this.#carrying.has(id)) return;
    this.#carrying.add(id);
    this.#in(chance.between(12, 110), () => {
      this.#carrying.delete(id);
      const order = this.#house.state.orders.get(id);
      if (order === undefined || !isOpen(order) || orderStatus(order) !== 'ready') return;
      if (!this.#house.perform('order.serve', { order: id }, expo)) return;
      if (orderStatus(this.#house.state.orders.get(id) ?? order) === 'completed') this.onServed(id);
    });
  }

  /** A guest changes their mind while it is being made. */
  void(order: string): void {
    const { chance } = this.#house;
    const now = this.#house.state.orders.get(order);
    const item = now?.items.find((one) => isLive(one) && !one.served);
    if (now === undefined || item === undefined || now.items.filter(isLive).length < 2) return;
    this.#house.perform(
      'item.void',
      {
        order,
        item: item.id,
        qty: 1,
        reason: chance.pick(REASONS_VOID),
        made: item.parts.some((part) => part.readyQty > 0),
      },
      waiter,
    );
    this.#carry(order);
  }

  /** Everything that is still about is finished and carried away now. */
  finish(): void {
    for (const order of [...this.#house.state.orders.values()].filter(isOpen)) {
      for (const ticket of order.tickets) {
        const status = ticketStatus(order, ticket);
        if (status === 'new' || status === 'cooking')
          this.#house.perform('ticket.bump', { ticket: ticket.id }, cookAt(ticket.station));
      }
      this.#house.perform('order.serve', { order: order.id }, expo);
    }
  }

  #ticketsOf(order: string, item: string): string[] {
    const parts = this.#house.state.orders.get(order)?.items.find(({ id }) => id === item)?.parts ?? [];
    return parts.map(({ ticket }) => ticket);
  }
}

function cookAt(station: string): Actor {
  return {
    id: `staff:cook-${station || 'grill'}`,
    role: 'kitchen',
    ...(station !== '' && { name: station }),
  };
}
