import { useMemo, useRef } from 'react';
import type { StationView, TicketView } from '../../domain/entities.ts';
import type { CardModel } from './card.tsx';
import type { Unsent } from './pending.ts';
import { USUAL_LIMITS, allergiesOf, boardOrder, isOnBoard, paintedLines, urgencyOf } from './tickets.ts';

/** From the topic's tickets to what each card draws. A card whose facts did not change keeps its model, and is not drawn again. */

const LONG = 20;
const FRESH = 10_000;
const NO_ITEMS: ReadonlySet<string> = new Set();

/** A ticket stays on the board while its bump has not reached the server: nobody else knows of it yet. */
export function openTickets(tickets: Iterable<TicketView>, unsent: Unsent): TicketView[] {
  return boardOrder([...tickets].filter((ticket) => isOnBoard(ticket) || unsent.bumps.has(ticket.id)));
}

export function useModels(options: {
  open: readonly TicketView[];
  station: StationView | null;
  now: number;
  unsent: Unsent;
  seenBy: (ticket: TicketView) => string | null;
  split: ReadonlySet<string>;
  zone?: string;
}): CardModel[] {
  const { open, station, now, unsent, seenBy, split, zone } = options;
  const kept = useRef(new Map<string, CardModel>());
  const changes = useRef(new Map<string, { version: number; at: number }>());
  const limits = station ?? USUAL_LIMITS;
  // Once a second, and only to notice a threshold that was crossed.
  return useMemo(() => {
    const next = new Map<string, CardModel>();
    const models = open.map((ticket) => {
      const lines = memoLines(ticket, split.has(ticket.id));
      const allergic = allergiesOf(ticket).length > 0;
      const seen = seenBy(ticket);
      const change = ticket.ackRequired ? noteChange(changes.current, ticket, now) : null;
      const model: CardModel = {
        ticket,
        lines,
        urgency: urgencyOf(ticket, limits, now),
        allergySeen: allergic ? seen : null,
        allergyOpen: allergic && seen === null && ticket.status !== 'held',
        unsentBump: unsent.bumps.get(ticket.id) ?? null,
        unsentItems: lines.some((line) => line.lines.some((one) => unsent.items.has(one.item))) ? unsent.items : NO_ITEMS,
        fresh: change !== null && now - change < FRESH,
        tight: lines.length > LONG,
        zone,
      };
      const before = kept.current.get(ticket.id);
      const same = before !== undefined && (Object.keys(model) as (keyof CardModel)[]).every((key) => before[key] === model[key]);
      const one = same ? before : model;
      next.set(ticket.id, one);
      return one;
    });
    kept.current = next;
    return models;
  }, [open, limits, now, unsent, seenBy, split, zone]);
}

function noteChange(changes: Map<string, { version: number; at: number }>, ticket: TicketView, now: number): number {
  const known = changes.get(ticket.id);
  if (known !== undefined && known.version === ticket.version) return known.at;
  changes.set(ticket.id, { version: ticket.version, at: now });
  return now;
}

const linesOf = new WeakMap<TicketView, { split: boolean; lines: CardModel['lines'] }>();

function memoLines(ticket: TicketView, split: boolean): CardModel['lines'] {
  const known = linesOf.get(ticket);
  if (known !== undefined && known.split === split) return known.lines;
  const lines = paintedLines(ticket, split);
  linesOf.set(ticket, { split, lines });
  return lines;
}
