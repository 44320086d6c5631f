import { useEffect, useMemo, useState, type ReactElement } from 'react';
import type { ItemView, OrderView } from '../../domain/entities.ts';
import { mayCommand } from '../../domain/rights.ts';
import { mintId } from '../../sdk/ids.ts';
import { useHeard } from '../../sdk/react/hooks.ts';
import { t } from '../i18n/words.tsx';
import { useSessionView } from '../session/gate.tsx';
import { Button } from '../ui/button.tsx';
import { Num } from '../ui/marks.tsx';
import { moneyText } from '../ui/money.ts';
import { TabletBar } from '../ui/tabletBar.tsx';
import { useActs } from './acts.tsx';
import { amendment, lineOfItem } from './amend.ts';
import {
  type Cart,
  type CartLine,
  addPlain,
  cartFor,
  dropLine,
  lineTrouble,
  newCart,
  newLine,
  putLine,
  repeatLines,
} from './cart.ts';
import { type MenuItem, defaultChoices } from './choices.ts';
import { useDesk } from './desk.tsx';
import { counted, favourites, readCounts, writeCounts } from './favourites.ts';
import { MenuGrid, Rail, type Shelf } from './menuPane.tsx';
import { ModifierSheet } from './modifierSheet.tsx';
import { DraftFoot, OrderFoot } from './orderFoot.tsx';
import { OrderPanel, panelTotal } from './orderPanel.tsx';
import { openOrders } from './orders.ts';
import { Loading } from './loading.tsx';
import { PosSheets, type Sheet } from './posSheets.tsx';
import { TablesPane } from './tables.tsx';

type Pane = 'tables' | 'menu';
type Editing = { line: CartLine; mode: 'new' | 'edit' } | { line: CartLine; mode: 'amend'; item: ItemView };

/** Order entry: tables and what is ready at the start, the order at the end, the menu in between when something is typed. */
export function Pos(): ReactElement {
  const desk = useDesk();
  const { orders, drafts, carts, menu, menus, view } = desk;
  const heard = useHeard();
  const { role } = useSessionView();
  const { act, say } = useActs();
  const [pane, setPane] = useState<Pane>('tables');
  const [focus, setFocus] = useState<string | null>(null);
  const [shelf, setShelf] = useState<Shelf | null>(null);
  const [editing, setEditing] = useState<Editing | null>(null);
  const [sheet, setSheet] = useState<Sheet>(null);
  // Where there is no room beside the menu: the order as a sheet from below, or a tab of its own.
  const [panelOpen, setPanelOpen] = useState(false);
  const [counts, setCounts] = useState(() => readCounts(heard.location));

  const order = orders.find(({ id }) => id === focus) ?? null;
  const cart = carts.find((draft) => draft.order === focus) ?? null;
  const shown: Shelf = shelf ?? { kind: 'category', id: menus[0]?.id ?? '' };
  const best = useMemo(() => favourites(counts, (id) => menu.has(id), 16), [counts, menu]);

  const openOrder = (next: OrderView): void => {
    setFocus(next.id);
    setEditing(null);
    setPanelOpen(true);
  };
  const type = (next: Cart): void => {
    drafts.put(next);
    setFocus(next.order);
    setPane('menu');
    setPanelOpen(false);
  };
  const openTable = (table: string, add = false): void => {
    const open = openOrders(orders).find((other) => other.table === table && other.status !== 'completed');
    const draft = drafts.findTable(table);
    if (open && !draft && !add) openOrder(open);
    else if (draft) type(draft);
    else if (open) type(cartFor(open, heard.serverNow()));
    else
      type(
        newCart(mintId(heard.serverNow()), heard.serverNow(), {
          id: table,
          covers: desk.tables.get(table)?.covers,
        }),
      );
  };
  const addTo = (to: OrderView): void => type(drafts.find(to.id) ?? cartFor(to, heard.serverNow()));
  const newOrder = (): void => {
    type(newCart(mintId(heard.serverNow()), heard.serverNow(), null));
    setSheet({ kind: 'where' });
  };

  // `/pos?table=T12` from the floor: once, when the view is there.
  const ready = view.state !== 'loading';
  useEffect(() => {
    if (!ready) return;
    const table = new URLSearchParams(location.search).get('table');
    if (table === null) return;
    history.replaceState(history.state, '', location.pathname);
    openTable(table, true);
    // The address is read once; what opens the table may change with every paint.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [ready]);

  /** The draft that a tap on an item goes to: the one in sight, an add-on to the order in sight, or a new one. */
  const draftForTap = (): Cart => {
    if (cart) return cart;
    const next =
      order && order.status !== 'closed' && order.status !== 'cancelled'
        ? cartFor(order, heard.serverNow())
        : newCart(mintId(heard.serverNow()), heard.serverNow(), null);
    drafts.put(next);
    setFocus(next.order);
    return next;
  };

  const tapItem = (item: MenuItem): void => {
    const entry = menu.get(item.id);
    if (!entry) return;
    dropUnfinished();
    const to = draftForTap();
    if (item.groups.length === 0) {
      drafts.update(to.order, (draft) => addPlain(draft, mintId(heard.serverNow()), item.id));
      setEditing(null);
      return;
    }
    const line = newLine(mintId(heard.serverNow()), item.id, defaultChoices(item, entry.groups));
    drafts.update(to.order, (draft) => putLine(draft, line));
    setEditing({ line, mode: 'new' });
  };

  /** A line that was begun and cannot be sent goes when its sheet does. */
  const dropUnfinished = (): void => {
    if (editing?.mode === 'new')
      drafts.update(focus ?? '', (draft) =>
        draft.lines.some((line) => line.id === editing.line.id && lineTrouble(line, menu) !== null)
          ? dropLine(draft, editing.line.id)
          : draft,
      );
  };

  const changeLine = (line: CartLine): void => {
    if (!editing) return;
    setEditing({ ...editing, line });
    if (editing.mode !== 'amend') drafts.update(focus ?? '', (draft) => putLine(draft, line));
  };

  const doneLine = (): void => {
    if (editing?.mode === 'amend' && order) {
      const change = amendment(order, editing.item, editing.line);
      if (change) void act('item.amend', change, { say: t('said.amended', { name: editing.item.name }) });
    }
    setEditing(null);
  };

  const closeLine = (): void => {
    if (editing?.mode === 'new') drafts.update(focus ?? '', (draft) => dropLine(draft, editing.line.id));
    setEditing(null);
  };

  const repeat = (from: OrderView | undefined): void => {
    if (!from) return;
    const lines = repeatLines(from, menu, () => mintId(heard.serverNow()));
    const to = drafts.find(from.id) ?? cartFor(from, heard.serverNow());
    type({ ...to, lines: [...to.lines, ...lines] });
    say(t('said.repeated', { count: lines.length }));
  };

  const sent = (): void => {
    if (cart) {
      const next = counted(
        counts,
        cart.lines.map((line) => line.menuItem),
      );
      setCounts(next);
      writeCounts(heard.location, next);
    }
    setEditing(null);
    setPane('tables');
    setPanelOpen(true);
  };

  const target =
    editing?.mode === 'amend'
      ? menu.get(editing.item.menuItem ?? '')
      : editing
        ? menu.get(editing.line.menuItem)
        : undefined;
  const inCart = new Map<string, number>();
  for (const line of cart?.lines ?? [])
    inCart.set(line.menuItem, (inCart.get(line.menuItem) ?? 0) + line.qty);
  const [last] = openOrders(orders, desk.name).toReversed();
  const count = cart?.lines.length ?? 0;
  const hasPanel = order !== null || cart !== null;

  if (view.state === 'loading') return <Loading />;

  return (
    <div className="page" data-pane={pane} data-panel={panelOpen ? 'open' : 'closed'}>
      <TabletBar view={view} place={desk.place} zone={desk.zone}>
        <nav className="seg seg-pages" aria-label={t('nav.pages')}>
          <a href="/pos" aria-current="page">
            {t('nav.orders')}
          </a>
          <a href="/floor">{t('nav.floor')}</a>
        </nav>
      </TabletBar>
      <main className="pos">
        {pane === 'tables' ? (
          <TablesPane
            selected={order?.table ?? focus}
            onTable={(tile) => openTable(tile.table.id)}
            onOrder={openOrder}
            onNew={newOrder}
            onDraft={(id) => {
              const draft = drafts.find(id);
              if (draft) type(draft);
            }}
          />
        ) : (
          <>
            <Rail
              shelf={shown}
              onShelf={setShelf}
              onTables={() => {
                dropUnfinished();
                setEditing(null);
                setPane('tables');
              }}
              onRepeat={() => repeat(order ?? last)}
              canRepeat={(order ?? last) !== undefined}
              hasFavourites={best.length > 0}
            />
            <section className="menu" aria-label={t('menu.name')}>
              <MenuGrid
                shelf={shown}
                favourites={best}
                inCart={inCart}
                watched={[...(order?.allergies ?? []), ...(cart?.allergies ?? [])]}
                onItem={tapItem}
                onSoldOut={(out) =>
                  say(
                    t('item.soldOutNamed', { name: out.name, price: '' }),
                    mayCommand(role, 'menu.restore')
                      ? () => void act('menu.restore', { item: out.id })
                      : undefined,
                  )
                }
                onHold={(one) => setSheet({ kind: 'eighty', menuItem: one.id })}
              />
              {editing && target && (
                <ModifierSheet
                  key={editing.line.id}
                  item={target.item}
                  groups={target.groups}
                  currency={desk.currency}
                  line={editing.line}
                  mode={editing.mode}
                  seats={order?.covers ?? cart?.covers ?? 0}
                  onChange={changeLine}
                  onDone={doneLine}
                  onClose={closeLine}
                />
              )}
            </section>
          </>
        )}
        {hasPanel ? (
          <OrderPanel
            order={order}
            cart={cart}
            editing={editing?.line.id ?? null}
            peek={
              <Button
                look="plain"
                className="peek"
                onPress={() => setPanelOpen(!panelOpen)}
                label={t(panelOpen ? 'order.less' : 'order.more')}
                testId="peek"
              >
                <span className="peek-bar" />
              </Button>
            }
            onLine={(line) => {
              dropUnfinished();
              setPane('menu');
              setPanelOpen(false);
              setEditing({ line, mode: 'edit' });
            }}
            onItem={(one) => setSheet({ kind: 'item', item: one.id })}
            onMenu={() => setSheet({ kind: 'menu' })}
            onWhere={() => setSheet({ kind: 'where' })}
            foot={
              cart && (cart.lines.length > 0 || pane === 'menu' || order === null) ? (
                <DraftFoot
                  cart={cart}
                  onSent={sent}
                  onWhere={() => setSheet({ kind: 'where' })}
                  onSeats={() => setSheet({ kind: 'seats' })}
                  onNote={() => setSheet({ kind: 'note' })}
                />
              ) : order ? (
                <OrderFoot
                  order={order}
                  onAdd={() => addTo(order)}
                  onVoid={() => setSheet({ kind: 'void' })}
                />
              ) : (
                <span />
              )
            }
          />
        ) : (
          <aside className="ord ord-empty">
            <p>{t('order.none')}</p>
            <Button look="main" onPress={newOrder}>
              {t('order.new')}
            </Button>
          </aside>
        )}
      </main>
      <nav className="tabs" aria-label={t('nav.pages')}>
        <Button
          look="plain"
          pressed={!panelOpen && pane === 'tables'}
          onPress={() => (setPane('tables'), setPanelOpen(false))}
        >
          {t('nav.orders')}
        </Button>
        <Button
          look="plain"
          pressed={!panelOpen && pane === 'menu'}
          disabled={!hasPanel && menus.length === 0}
          onPress={() => (setPane('menu'), setPanelOpen(false))}
        >
          {t('menu.name')}
        </Button>
        <Button
          look="plain"
          pressed={panelOpen}
          disabled={!hasPanel}
          onPress={() => setPanelOpen(true)}
          testId="order-tab"
        >
          {t('order.tab')}
          {count > 0 && (
            <em className="tag tag-inverse">
              <Num>{count}</Num>
            </em>
          )}
          {hasPanel && (
            <small>
              <Num>{moneyText(panelTotal(order, cart, menu), desk.currency)}</Num>
            </small>
          )}
        </Button>
      </nav>

      <PosSheets
        sheet={sheet}
        order={order}
        cart={cart}
        onSheet={setSheet}
        onType={type}
        onAmend={(amended) => {
          setEditing({ line: lineOfItem(amended), mode: 'amend', item: amended });
          setPane('menu');
          setPanelOpen(false);
        }}
        onRepeat={() => repeat(order ?? undefined)}
        onDiscarded={() => {
          setEditing(null);
          setPane('tables');
        }}
      />
    </div>
  );
}
