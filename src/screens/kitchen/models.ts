import { useMemo, useState } from 'react';
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

type Facts = {
  open: readonly TicketView[];
  station: StationView | null;
  now: number;
  unsent: Unsent;
  seenBy: (ticket: TicketView) => string | null;
  split: ReadonlySet<string>;
  zone?: string;
};

/** Remembers the models of the last draw, and when each change was first seen here. */
function createMemory() {
  let kept = new Map<string, CardModel>();
  const changes = new Map<string, { version: number; at: number }>();
  const changedAt = (ticket: TicketView, now: number): number => {
    const known = changes.get(ticket.id);
    if (known !== undefined && known.version === ticket.version) return known.at;
    changes.set(ticket.id, { version: ticket.version, at: now });
    return now;
  };
  return {
    models({ open, station, now, unsent, seenBy, split, zone }: Facts): CardModel[] {
      const next = new Map<string, CardModel>();
      const models = open.map((ticket) => {
        const lines = memoLines(ticket, split.has(ticket.id));
        const allergic = allergiesOf(ticket).length > 0;
        const seen = allergic ? seenBy(ticket) : null;
        const model: CardModel = {
          ticket,
          lines,
          urgency: urgencyOf(ticket, station ?? USUAL_LIMITS, now),
          allergySeen: seen,
          allergyOpen: allergic && seen === null && ticket.status !== 'held',
          unsentBump: unsent.bumps.get(ticket.id) ?? null,
          unsentItems: lines.some((line) => line.lines.some((one) => unsent.items.has(one.item)))
            ? unsent.items
            : NO_ITEMS,
          fresh: ticket.ackRequired && now - changedAt(ticket, now) < FRESH,
          tight: lines.length > LONG,
          zone,
        };
        const before = kept.get(ticket.id);
        const same =
          before !== undefined &&
          (Object.keys(model) as (keyof CardModel)[]).every((key) => before[key] === model[key]);
        const one = same ? before : model;
        next.set(ticket.id, one);
        return one;
      });
      kept = next;
      return models;
    },
  };
}

/** Anew once a second, and only to notice a threshold that was crossed. */
export function useModels({ open, station, now, unsent, seenBy, split, zone }: Facts): CardModel[] {
  const [memory] = useState(createMemory);
  return useMemo(
    () => memory.models({ open, station, now, unsent, seenBy, split, zone }),
    [memory, open, station, now, unsent, seenBy, split, zone],
  );
}

const linesOf = new WeakMap<TicketView, { split: boolean; lines: CardModel['lines'] }>();

function memoLines(ticket: TicketView, split: boolean): CardModel['lines'] {
  const known = linesOf.get(ticket);
  if (known !== undefined && known.split === split) return known.lines;
  const lines = paintedLines(ticket, split);
  linesOf.set(ticket, { split, lines });
  return lines;
}
