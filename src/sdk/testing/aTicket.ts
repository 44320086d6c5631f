import type { TicketView } from '../../domain/entities.ts';

/** A ticket of one line at the grill. */
export function aTicket(id: string, version: number, more: Partial<TicketView> = {}): TicketView {
  return {
    kind: 'ticket',
    id,
    version,
    order: `order-of-${id}`,
    number: version,
    station: 'grill',
    type: 'dine_in',
    source: 'pos',
    table: 'T1',
    allergies: [],
    status: 'new',
    delivery: { state: 'queued' },
    firedAt: '2026-01-31T18:00:00.000Z',
    recalls: 0,
    rush: false,
    ackRequired: false,
    addOn: false,
    lines: [
      {
        item: `item-of-${id}`,
        name: 'Ribeye',
        qty: 1,
        readyQty: 0,
        voidQty: 0,
        status: 'fired',
        modifiers: [],
        allergies: [],
      },
    ],
    also: [],
    ofItems: 1,
    ...more,
  };
}
