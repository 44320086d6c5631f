import {
  createContext,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
  type ReactElement,
  type ReactNode,
} from 'react';
import type { MenuView, OrderView, StationView, TableView } from '../../domain/entities.ts';
import { useHeard, useLive, useOutbox, useServerNow, useView } from '../../sdk/react/hooks.ts';
import type { View } from '../../sdk/shapes.ts';
import { useSessionView } from '../session/gate.tsx';
import { type Cart, type Menu, menuOf } from './cart.ts';
import { Drafts, shelfFor } from './drafts.ts';
import { inOrder } from './menuSearch.ts';
import { withPending } from './pendingOrders.ts';
import { type OnItsWay, type Unsent, unsentOf } from './receipts.ts';

/** Everything the waiter's pages look at, read once at the top: the view, what is on its way, and what is typed. */

export type Desk = {
  readonly view: View;
  readonly menus: readonly MenuView[];
  readonly menu: Menu;
  readonly currency: string;
  readonly orders: readonly OrderView[];
  readonly tables: ReadonlyMap<string, TableView>;
  readonly stations: ReadonlyMap<string, StationView>;
  readonly live: ReadonlyMap<string, unknown>;
  readonly unsent: Unsent;
  readonly drafts: Drafts;
  readonly carts: readonly Cart[];
  /** The server's clock, once a second. */
  readonly now: number;
  readonly name: string | undefined;
  /** Everybody who serves an open order, in a fixed order. */
  readonly servers: readonly string[];
  readonly zone: string | undefined;
  readonly place: string;
  /** Shows a command that was just given until the view has what it does. */
  readonly remember: (command: OnItsWay) => void;
  readonly forget: (id: string) => void;
};

const DeskContext = createContext<Desk | null>(null);

export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (desk === null) throw new Error('useDesk needs a <DeskProvider> above it.');
  return desk;
}

/** `topic` is `pos` or `floor`: the floor has no menu. */
export function DeskProvider({
  topic,
  children,
}: {
  topic: 'pos' | 'floor';
  children: ReactNode;
}): ReactElement {
  const heard = useHeard();
  const view = useView(topic);
  const live = useLive(topic);
  const outbox = useOutbox();
  const now = useServerNow();
  const session = useSessionView();
  const { menu: menuEntities, order: orderEntities, table: tables, station: stations } = view.entities;

  const [drafts] = useState(() => new Drafts(shelfFor(heard.location), heard.serverNow()));
  const carts = useSyncExternalStore(drafts.subscribe, drafts.get, drafts.get);
  const [given, setGiven] = useState<readonly OnItsWay[]>([]);

  const menus = useMemo(() => inOrder(menuEntities.values()), [menuEntities]);
  const menu = useMemo(() => menuOf(menus), [menus]);
  // The outbox knows better than we do what has become of a command; what it no longer has is at the server.
  const way = useMemo<readonly OnItsWay[]>(() => {
    const known = new Set(outbox.pending.map(({ id }) => id));
    return [...outbox.pending, ...given.filter(({ id }) => !known.has(id))];
  }, [outbox.pending, given]);
  const orders = useMemo(
    () => withPending(orderEntities.values(), way, menu, session.name),
    [orderEntities, way, menu, session.name],
  );
  const unsent = useMemo(() => unsentOf(missingIn(orderEntities, way)), [orderEntities, way]);

  const first = stations.values().next().value;
  const place = first?.location.name ?? session.location;
  const zone = first?.location.timezone;
  const shown = useRef(setGiven);
  useEffect(() => {
    const next = missingIn(orderEntities, given);
    if (next.length < given.length) shown.current(next);
  }, [orderEntities, given]);

  const desk = useMemo<Desk>(
    () => ({
      view,
      menus,
      menu,
      currency: menus[0]?.currency ?? 'USD',
      orders,
      tables,
      stations,
      live,
      unsent,
      drafts,
      carts,
      now,
      name: session.name,
      servers: [...new Set(orders.flatMap((order) => order.server ?? []))].toSorted(),
      zone,
      place,
      remember: (command) => setGiven((before) => [...before.slice(-20), command]),
      forget: (id) => setGiven((before) => before.filter((command) => command.id !== id)),
    }),
    [
      view,
      menus,
      menu,
      orders,
      tables,
      stations,
      live,
      unsent,
      drafts,
      carts,
      now,
      session.name,
      zone,
      place,
    ],
  );
  return <DeskContext.Provider value={desk}>{children}</DeskContext.Provider>;
}

/** Commands whose order or lines the view does not have yet. */
function missingIn(orders: ReadonlyMap<string, OrderView>, commands: readonly OnItsWay[]): OnItsWay[] {
  return commands.filter((command) => {
    const { items, orders: named } = unsentOf([command]);
    return [...named.keys()].some((id) => {
      const have = new Set((orders.get(id)?.items ?? []).map((item) => item.id));
      return [...items].some((item) => !have.has(item));
    });
  });
}
