import { useMemo, useState } from 'react';
import type { OrderView, StationView, TicketView } from '../../domain/entities.ts';
import { identity } from '../kitchen/heights.ts';
import { passOrders, type PassOrder } from './orders.ts';

function createMemory() {
  let kept = new Map<string, { sign: string; pass: PassOrder }>();
  return {
    keep(passes: PassOrder[]): PassOrder[] {
      const next = new Map<string, { sign: string; pass: PassOrder }>();
      for (const pass of passes) {
        const sign = [
          identity(pass.order),
          pass.urgency,
          ...pass.groups.map((group) => `${identity(group.ticket)}:${group.state}`),
        ].join('|');
        const before = kept.get(pass.order.id);
        next.set(pass.order.id, before?.sign === sign ? before : { sign, pass });
      }
      kept = next;
      return passes.map((pass) => next.get(pass.order.id)?.pass ?? pass);
    },
  };
}

/** Orders whose facts are as they were keep their object, so that their cards are not drawn again each second. */
export function usePasses(
  orders: ReadonlyMap<string, OrderView>,
  tickets: readonly TicketView[],
  stations: ReadonlyMap<string, StationView>,
  now: number,
): PassOrder[] {
  const [memory] = useState(createMemory);
  return useMemo(
    () => memory.keep(passOrders(orders.values(), tickets, stations, now)),
    [memory, orders, tickets, stations, now],
  );
}
