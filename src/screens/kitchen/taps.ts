import { createElement, useLayoutEffect, useMemo, useRef, type ReactElement } from 'react';
import type { TicketView } from '../../domain/entities.ts';
import type { Heard } from '../../sdk/shapes.ts';
import { Rich, type MessageKey } from '../i18n/words.tsx';
import type { Toast } from '../ui/toast.tsx';
import { codeOf, isLastTap, tapOf, type PaintedLine } from './tickets.ts';

/** What the cards' targets do. One object for the life of the screen, so that no card is drawn anew for it. */
export type Taps = {
  head(ticket: TicketView): void;
  line(ticket: TicketView, line: PaintedLine): void;
  bump(ticket: TicketView): void;
  acknowledge(ticket: TicketView): void;
  allergy(ticket: TicketView): void;
  recall(ticket: TicketView): void;
  rush(ticket: TicketView): void;
  /** On paper, now; again: marked as a reprint. */
  print(ticket: TicketView): void;
  /** For the rest of the day. */
  soldOut(menuItem: string, name: string): void;
  say(text: string, undo?: () => void): void;
  /** Takes back a bump that was never sent. */
  takeBack(ticket: TicketView, pending: string): void;
  menu(ticket: TicketView): void;
  /** Somebody touched the card: its sounds stop. */
  touch(ticket: TicketView): void;
};

export type Around = {
  heard: Heard;
  show(toast: Toast): void;
  /** Stops the card's repeats. */
  hush(ticket: string): void;
  seeAllergy(ticket: TicketView): void;
  openMenu(ticket: TicketView): void;
  readOnly: boolean;
};

function say(key: MessageKey, ticket: TicketView, more: Record<string, string> = {}): ReactElement {
  return createElement(Rich, {
    id: key,
    values: { number: `#${ticket.number}`, code: codeOf(ticket), ...more },
    tags: { b: (text: string) => createElement('b', { dir: 'auto' }, text) },
  });
}

/**
 * Every command is sent at the tap, never later. A refusal puts the card back (the prediction is undone by the
 * client) and says what happened instead.
 */
export function useTaps(around: Around): Taps {
  const latest = useRef(around);
  useLayoutEffect(() => {
    latest.current = around;
  });
  return useMemo(() => {
    const send = (ticket: TicketView, sent: ReturnType<Heard['command']>): void => {
      void sent.then((answer) => {
        if (answer.ok || answer.reason === 'discarded') return;
        const current = answer.current?.kind === 'ticket' ? answer.current : ticket;
        const changed = answer.problem.code === 'conflict' && current.ackRequired;
        latest.current.show({
          id: answer.id,
          say: changed
            ? say('kitchen.changedMeanwhile', current)
            : say('kitchen.refused', ticket, { detail: answer.problem.detail }),
        });
      });
    };
    const touched = (ticket: TicketView): boolean => {
      latest.current.hush(ticket.id);
      return !latest.current.readOnly;
    };
    const recall = (ticket: TicketView): void => {
      if (!touched(ticket)) return;
      send(ticket, latest.current.heard.command('ticket.recall', { ticket: ticket.id }));
    };
    const acknowledge = (ticket: TicketView): void => {
      if (touched(ticket))
        send(
          ticket,
          latest.current.heard.command('ticket.acknowledge', { ticket: ticket.id, version: ticket.version }),
        );
    };
    const bumped = (ticket: TicketView, id: string, undo: () => void): void =>
      latest.current.show({ id, say: say('kitchen.bumped', ticket), undo });
    const taps: Taps = {
      head(ticket) {
        if (!touched(ticket)) return;
        if (ticket.movedFrom !== undefined && ticket.ackRequired) acknowledge(ticket);
        if (ticket.status === 'new')
          send(
            ticket,
            latest.current.heard.command('ticket.start', { ticket: ticket.id, version: ticket.version }),
          );
      },
      line(ticket, line) {
        if (!touched(ticket)) return;
        const tap = tapOf(line);
        if (tap.act === 'acknowledge') return acknowledge(ticket);
        if (tap.act === 'none') return;
        const input = {
          order: ticket.order,
          item: tap.item,
          station: ticket.station,
          ...(tap.qty !== undefined && { qty: tap.qty }),
          version: ticket.version,
        };
        const sent = latest.current.heard.command(tap.act === 'ready' ? 'item.ready' : 'item.unready', input);
        send(ticket, sent);
        if (isLastTap(ticket, tap)) {
          bumped(ticket, sent.id, () => {
            if (latest.current.heard.outbox.discard(sent.id)) return;
            send(
              ticket,
              latest.current.heard.command('item.unready', {
                order: ticket.order,
                item: tap.item,
                station: ticket.station,
                ...(tap.qty !== undefined && { qty: tap.qty }),
              }),
            );
          });
        }
      },
      bump(ticket) {
        if (!touched(ticket)) return;
        const sent = latest.current.heard.command('ticket.bump', {
          ticket: ticket.id,
          version: ticket.version,
        });
        send(ticket, sent);
        bumped(ticket, sent.id, () => {
          if (!latest.current.heard.outbox.discard(sent.id)) recall(ticket);
        });
      },
      acknowledge,
      allergy(ticket) {
        if (touched(ticket)) latest.current.seeAllergy(ticket);
      },
      recall(ticket) {
        recall(ticket);
        latest.current.show({
          id: `recall-${ticket.id}-${ticket.recalls}`,
          say: say('kitchen.recalled', ticket),
        });
      },
      rush(ticket) {
        if (touched(ticket))
          send(
            ticket,
            latest.current.heard.command('ticket.rush', { ticket: ticket.id, rush: !ticket.rush }),
          );
      },
      print(ticket) {
        if (!touched(ticket)) return;
        const sent = latest.current.heard.command('ticket.print', { ticket: ticket.id });
        latest.current.show({ id: sent.id, say: say('kitchen.printing', ticket) });
        send(ticket, sent);
      },
      soldOut(menuItem, name) {
        if (latest.current.readOnly) return;
        const sent = latest.current.heard.command('menu.soldOut', { item: menuItem, until: 'day' });
        latest.current.show({
          id: sent.id,
          say: createElement(Rich, {
            id: 'kitchen.soldOutDone',
            values: { name },
            tags: { b: (text: string) => createElement('b', null, text) },
          }),
          undo: () => void latest.current.heard.command('menu.restore', { item: menuItem }),
        });
      },
      say(text, undo) {
        latest.current.show({ id: text, say: text, ...(undo && { undo }) });
      },
      takeBack(ticket, pending) {
        if (!touched(ticket)) return;
        if (!latest.current.heard.outbox.discard(pending)) recall(ticket);
      },
      menu(ticket) {
        latest.current.hush(ticket.id);
        latest.current.openMenu(ticket);
      },
      touch(ticket) {
        latest.current.hush(ticket.id);
      },
    };
    return taps;
  }, []);
}

/** Somebody else was faster: says who, in place of our own undo. */
export function alreadyBumped(ticket: TicketView, by: string): Toast {
  return { id: `already-${ticket.id}-${ticket.version}`, say: say('kitchen.alreadyBumped', ticket, { by }) };
}
