import { useCallback, useMemo, useState, type ReactElement } from 'react';
import type { OrderView, StationView, TicketView } from '../../../domain/entities.ts';
import { useHeard } from '../../../sdk/react/hooks.ts';
import type { Sent } from '../../../sdk/shapes.ts';
import type { MessageKey } from '../../i18n/words.tsx';
import {
  isPlatformOrder,
  stopped,
  twinsOf,
  waiting,
  waitsForUs,
  type PlatformOrder,
} from '../../platform/standing.ts';
import type { Player } from '../../ui/player.ts';
import { DenySheet } from './denySheet.tsx';
import { useOfferBell } from './offerBell.ts';
import { Offers } from './offers.tsx';

const NONE: readonly OrderView[] = [];

/** Everything the pass has of platforms: what waits, what must stop, whose numbers are the same, and the sheet of a no. */
export function usePlatform(options: {
  orders: ReadonlyMap<string, OrderView>;
  tickets: readonly TicketView[];
  stations: readonly StationView[];
  now: number;
  player: Player;
  quiet: boolean;
  send: (sent: Sent, of: { number: number; code: string }, done?: MessageKey) => void;
}): {
  /** For the side. */
  side: ReactElement;
  /** The sheet, while one is open. */
  sheet: ReactElement | null;
  ask: (order: string) => void;
  twins: (order: OrderView) => readonly OrderView[];
} {
  const { orders, tickets, stations, now, send } = options;
  const heard = useHeard();
  const [asked, setAsked] = useState<string | null>(null);
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const offers = waiting(orders.values(), now);
  const stops = useMemo(() => stopped(tickets), [tickets]);
  const open = useMemo(() => [...orders.values()].filter(isOpen), [orders]);
  const names = new Map(stations.map(({ id, name }) => [id, name.toLocaleUpperCase()]));
  useOfferBell({
    player: options.player,
    offers: offers.map(({ id }) => id),
    touched,
    stops: stops.map(({ order: one }) => one),
    now: heard.serverNow,
    waiting: options.quiet,
  });

  const touch = useCallback((order: string): void => setTouched((before) => new Set([...before, order])), []);
  const ask = useCallback(
    (order: string): void => {
      touch(order);
      setAsked(order);
    },
    [touch],
  );
  const twins = useCallback(
    (one: OrderView) => (one.platform === undefined ? NONE : twinsOf(one, open)),
    [open],
  );
  const accept = ({ id, number, version, platform }: PlatformOrder): void => {
    touch(id);
    setAsked(null);
    send(
      heard.command('channel.accept', { order: id, version }),
      { number, code: platform.number },
      'platform.accepted',
    );
  };
  const found = asked === null ? undefined : orders.get(asked);
  // Answered meanwhile, here or by the kitchen's hearing: there is nothing left to ask.
  const order = found !== undefined && isPlatformOrder(found) && waitsForUs(found.platform) ? found : null;
  return {
    ask,
    twins,
    side: (
      <Offers
        offers={offers}
        stops={stops}
        nameOf={(station) => names.get(station) ?? station.toLocaleUpperCase()}
        now={now}
        onTold={({ tickets: struck, number: code }) => {
          for (const { id, number, version } of struck)
            send(heard.command('ticket.acknowledge', { ticket: id, version }), { number, code });
        }}
        onAccept={accept}
        onDeny={({ id }) => ask(id)}
      />
    ),
    sheet: order && (
      <DenySheet
        order={order}
        lines={tickets.filter((ticket) => ticket.order === order.id).flatMap(({ lines }) => lines)}
        onAccept={() => accept(order)}
        onDeny={(denial) => {
          setAsked(null);
          send(
            heard.command('channel.deny', { order: order.id, version: order.version, ...denial }),
            { number: order.number, code: order.platform.number },
            'platform.denied',
          );
        }}
        onClose={() => setAsked(null)}
      />
    ),
  };
}

function isOpen({ status }: OrderView): boolean {
  return status !== 'completed' && status !== 'closed' && status !== 'cancelled';
}
