import type { LoggedEvent } from '../../domain/events.ts';
import { businessDay } from '../../location/businessDay.ts';
import { WEEKS_CONFIG } from './weeks.ts';

/**
 * What reports say, reckoned again from nothing but the events, as somebody with a pencil would: no state, no tables, none
 * of the code that makes them.
 */

type Sold = {
  line: string;
  order: string;
  at: number;
  day: string;
  qty: number;
  price: number;
  source: string;
};
type Fire = {
  ticket: string;
  order: string;
  station: string;
  items: string[];
  day: string;
  fired: number;
  heard?: number;
  started?: number;
  first?: number;
  done?: number;
  recalled?: number;
  passed?: number;
};

export class Pencil {
  readonly sold = new Map<string, Sold>();
  readonly fires = new Map<string, Fire>();
  taken: { kind: string; day: string; order: string; qty: number; value: number; reason: string }[] = [];
  readonly #served = new Set<string>();
  readonly #days = new Map<string, { day: string; source: string }>();

  constructor(events: readonly LoggedEvent[]) {
    for (const event of events) this.#take(event);
  }

  #take(event: LoggedEvent): void {
    const at = Date.parse(event.at);
    const sell = (order: string, item: { id: string; qty: number; unitPrice: number }): void => {
      const { day, source } = this.#days.get(order)!;
      this.sold.set(item.id, { line: item.id, order, at, day, qty: item.qty, price: item.unitPrice, source });
    };
    const fire = (ticket: string): Fire => this.fires.get(ticket)!;
    switch (event.type) {
      case 'order.placed': {
        const { order, items } = event.data;
        this.#days.set(order.id, { day: businessDay(WEEKS_CONFIG, at), source: order.source });
        for (const item of items) sell(order.id, item);
        return;
      }
      case 'order.added':
        for (const item of event.data.items) sell(event.data.order, item);
        return;
      case 'item.refired': {
        const { order, item, again, reason } = event.data;
        const was = this.sold.get(item)!;
        this.taken.push({
          kind: 'refire',
          day: was.day,
          order,
          qty: was.qty,
          value: was.qty * was.price,
          reason,
        });
        sell(order, again);
        return;
      }
      case 'item.voided': {
        const { order, item, qty, reason } = event.data;
        const line = this.sold.get(item)!;
        line.qty -= qty;
        this.taken.push({ kind: 'void', day: line.day, order, qty, value: qty * line.price, reason });
        return;
      }
      case 'order.cancelled':
        for (const line of this.sold.values()) {
          if (line.order !== event.data.order || line.qty === 0 || this.#served.has(line.line)) continue;
          const { qty, price, day, order } = line;
          this.taken.push({ kind: 'cancel', day, order, qty, value: qty * price, reason: event.data.reason });
          line.qty = 0;
        }
        return;
      case 'ticket.fired': {
        const { ticket, order, station, items } = event.data;
        const { day } = this.#days.get(order)!;
        this.fires.set(ticket, { ticket, order, station, items: [...items], day, fired: at });
        return;
      }
      case 'ticket.heard':
        fire(event.data.ticket).heard ??= at;
        return;
      case 'ticket.started':
        fire(event.data.ticket).started ??= at;
        return;
      case 'ticket.bumped': {
        const one = fire(event.data.ticket);
        one.started ??= at;
        one.first ??= at;
        one.done = at;
        return;
      }
      case 'ticket.recalled': {
        const one = fire(event.data.ticket);
        one.recalled = at;
        delete one.done;
        return;
      }
      case 'order.served':
        for (const item of event.data.items) this.#served.add(item);
        for (const one of this.fires.values())
          if (one.order === event.data.order && one.items.some((item) => event.data.items.includes(item)))
            one.passed ??= at;
        return;
      default:
        return;
    }
  }

  lines(from: string, to: string): Sold[] {
    return [...this.sold.values()].filter(({ day }) => day >= from && day <= to);
  }

  /** Fires that count, with their legs in seconds. */
  times(from: string, to: string) {
    return [...this.fires.values()]
      .filter(
        ({ day, items }) => day >= from && day <= to && items.some((item) => this.sold.get(item)!.qty > 0),
      )
      .map((one) => {
        const undone =
          one.recalled !== undefined && one.first !== undefined && one.recalled - one.first <= 60_000;
        const done = undone ? one.done : one.first;
        const split = done !== undefined && one.started !== undefined && one.started < done;
        const seconds = (a: number | undefined, b: number | undefined): number | null =>
          a === undefined || b === undefined ? null : (b - a) / 1000;
        const total = seconds(one.fired, done);
        return {
          ...one,
          done,
          total,
          wait: split ? seconds(one.fired, one.started) : null,
          cook: split ? seconds(one.started, done) : null,
          pass:
            done !== undefined && one.passed !== undefined && one.passed >= done
              ? seconds(done, one.passed)
              : null,
          delay: seconds(one.fired, one.heard),
          isUsual: total !== null && total <= 4 * 3600,
        };
      });
  }
}

/** The value below which so many of a hundred lie, between neighbours in proportion; null of nothing. */
export function percentile(values: readonly (number | null)[], share: number): number | null {
  const sorted = values.filter((value) => value !== null).toSorted((a, b) => a - b);
  if (sorted.length === 0) return null;
  const at = share * (sorted.length - 1);
  const low = sorted[Math.floor(at)]!;
  const high = sorted[Math.ceil(at)]!;
  return Math.round((low + (high - low) * (at - Math.floor(at))) * 1000) / 1000;
}
