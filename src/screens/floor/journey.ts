import type { OrderView } from '../../domain/entities.ts';
import { UNHEARD_AFTER, type Unsent, at, receiptsOf } from '../pos/receipts.ts';

/** What happened to an order so far, the newest first, from what its tickets prove. */

export type Step = {
  readonly key: string;
  readonly what:
    | 'unsent'
    | 'sent'
    | 'addOn'
    | 'held'
    | 'heard'
    | 'unheard'
    | 'printed'
    | 'tapped'
    | 'untapped'
    | 'touched'
    | 'ready'
    | 'served'
    | 'seated';
  /** Milliseconds by the server's clock; null when it has no time of its own (held, not sent). */
  readonly at: number | null;
  readonly station: string | null;
  readonly lines: number;
  readonly screens: number | null;
  readonly heardMs: number | null;
  readonly by: string | null;
  /** The backup station that has it as well. */
  readonly shownAt: string | null;
};

/** An add-on is what was fired more than this after the order came. */
const SAME_FIRE = 2_000;

export function journeyOf(
  order: OrderView,
  seatedAt: number | null,
  unsent: Unsent,
  live: ReadonlyMap<string, unknown>,
  now: number,
): Step[] {
  const steps: Step[] = [];
  const step = (what: Step['what'], time: number | null, more: Partial<Step> = {}): void => {
    steps.push({
      key: `${what}:${more.station ?? ''}:${time ?? ''}`,
      what,
      at: time,
      station: null,
      lines: 0,
      screens: null,
      heardMs: null,
      by: null,
      shownAt: null,
      ...more,
    });
  };
  const placed = at(order.placedAt);
  if (seatedAt !== null && (placed === null || seatedAt <= placed)) step('seated', seatedAt);
  const receipts = new Map(receiptsOf(order, unsent, live, now).map((receipt) => [receipt.ticket, receipt]));
  const fires = new Map<number, OrderView['tickets']>();
  for (const ticket of order.tickets) {
    const time = at(ticket.firedAt);
    if (time !== null) fires.set(time, [...(fires.get(time) ?? []), ticket]);
  }
  for (const [time, fired] of fires) {
    if (fired.every((ticket) => receipts.get(ticket.id)?.mark === 'queued')) continue;
    const lines = new Set(fired.flatMap((ticket) => ticket.items)).size;
    step(placed !== null && time - placed > SAME_FIRE ? 'addOn' : 'sent', time, {
      lines,
      by: order.server ?? null,
    });
  }
  for (const ticket of order.tickets) {
    const receipt = receipts.get(ticket.id);
    if (!receipt) continue;
    const { station } = ticket;
    const { shownAt } = receipt;
    const asked = at(ticket.delivery.askedAt ?? ticket.firedAt) ?? now;
    if (receipt.held) step('held', null, { station, lines: ticket.items.length });
    if (receipt.printedAt !== null) step('printed', receipt.printedAt, { station, by: receipt.printer });
    if (receipt.untappedSince !== null) step('untapped', receipt.untappedSince, { station });
    else if (receipt.seen !== null) step('tapped', receipt.seen.at, { station, by: receipt.seen.by });
    if (receipt.heardAt !== null)
      step('heard', receipt.heardAt, {
        station,
        shownAt,
        screens: receipt.screens,
        heardMs: receipt.heardMs,
      });
    if (receipt.mark === 'unheard') step('unheard', asked + UNHEARD_AFTER, { station, shownAt });
    const started = at(ticket.startedAt);
    if (started !== null) step('touched', started, { station });
    const ready = at(ticket.readyAt);
    if (ready !== null && receipt.ready) step('ready', ready, { station });
  }
  const done = at(order.completedAt);
  if (done !== null) step('served', done);
  const way = unsent.orders.get(order.id);
  if (way?.waits) step('unsent', null);
  // What has no time yet stands on top: it is what somebody waits for.
  return steps
    .map((value, index) => ({ value, index }))
    .toSorted((a, b) => (b.value.at ?? Infinity) - (a.value.at ?? Infinity) || b.index - a.index)
    .map(({ value }) => value);
}
