import type { ReactElement } from 'react';
import type { ItemView, OrderView } from '../../domain/entities.ts';
import { t } from '../i18n/words.tsx';
import { Button } from '../ui/button.tsx';
import { AllergyIcon, MenuIcon, PrinterIcon } from '../ui/icons.tsx';
import { Num, ReceiptMark, WorkDot } from '../ui/marks.tsx';
import { amountText } from '../ui/money.ts';
import { usePress } from '../ui/press.ts';
import { ageText, exactText } from '../ui/time.ts';
import { type Cart, type CartLine, cartTotal, lineTrouble, linePrice } from './cart.ts';
import { modifiersOf } from './choices.ts';
import { useDesk } from './desk.tsx';
import { Modifiers, allergenName } from './modifiers.tsx';
import { type ItemMark, markOf, numberOf } from './orders.ts';
import { type Receipt, at, receiptsOf, stationName } from './receipts.ts';

/** An order at the end side: what is not sent, then each station with its receipt and its items. */
export function OrderPanel(props: {
  order: OrderView | null;
  cart: Cart | null;
  editing: string | null;
  onLine: (line: CartLine) => void;
  onItem: (item: ItemView) => void;
  onMenu: () => void;
  onWhere: () => void;
  foot: ReactElement;
  peek: ReactElement;
}): ReactElement {
  const { order, cart } = props;
  const desk = useDesk();
  const allergies = [
    ...new Set([...(order?.allergies ?? []), ...(cart && !cart.adds ? cart.allergies : [])]),
  ];
  const receipts = order ? receiptsOf(order, desk.unsent, desk.live, desk.now) : [];
  const items = new Map((order?.items ?? []).map((item) => [item.id, item]));
  const placed = new Set(receipts.flatMap((receipt) => receipt.items));
  const loose = [...items.values()].filter((item) => !placed.has(item.id));
  const seen =
    order !== null &&
    receipts.length > 0 &&
    order.tickets.every((ticket) => !ticket.ackRequired) &&
    receipts.every((receipt) => receipt.mark === 'touched');
  return (
    <aside className="ord" aria-label={t('order.panel')}>
      {props.peek}
      <PanelHead order={order} cart={cart} onMenu={props.onMenu} onWhere={props.onWhere} />
      {allergies.length > 0 && (
        <div className="alb">
          <AllergyIcon />
          {allergies.map(allergenName).join(' · ')}
          <small>{seen ? t('allergy.seen') : t('allergy.everyTicket')}</small>
        </div>
      )}
      <div className="ols" role="group" tabIndex={0} aria-label={t('order.lines')}>
        {(order?.notes ?? cart?.notes ?? '') !== '' && (
          <p className="order-note">{order?.notes ?? cart?.notes}</p>
        )}
        {cart && cart.lines.length > 0 && (
          <>
            <div className="fire">
              <ReceiptMark receipt="queued" />
              <span>
                <b>{t('draft.notSent')}</b> · {t('draft.lines', { count: cart.lines.length })}
              </span>
            </div>
            {cart.lines.map((line) => (
              <DraftLine
                key={line.id}
                line={line}
                editing={props.editing === line.id}
                onPress={() => props.onLine(line)}
              />
            ))}
          </>
        )}
        {receipts.map((receipt) => (
          <section key={receipt.ticket} aria-label={stationName(receipt.station, desk.stations)}>
            <ReceiptHead receipt={receipt} order={order} />
            {receipt.items
              .flatMap((id) => items.get(id) ?? [])
              .map((item) => (
                <SentLine key={item.id} item={item} receipt={receipt} onPress={() => props.onItem(item)} />
              ))}
          </section>
        ))}
        {loose.length > 0 && (
          <section>
            {loose.map((item) => (
              <SentLine key={item.id} item={item} receipt={null} onPress={() => props.onItem(item)} />
            ))}
          </section>
        )}
      </div>
      {props.foot}
    </aside>
  );
}

function PanelHead({
  order,
  cart,
  onMenu,
  onWhere,
}: {
  order: OrderView | null;
  cart: Cart | null;
  onMenu: () => void;
  onWhere: () => void;
}): ReactElement {
  const { tables, unsent, now, zone } = useDesk();
  const table = order?.table ?? cart?.table ?? null;
  const guest = order?.guest?.name ?? cart?.guest ?? '';
  const number = order ? numberOf(order, unsent) : null;
  const covers = order?.covers ?? (table === null ? null : (cart?.covers ?? null));
  const code = table === null ? guest : (tables.get(table)?.name ?? table);
  const type = t(`orderType.${order?.type ?? cart?.type ?? 'dine_in'}`);
  const placed = at(order?.placedAt);
  return (
    <header className="oh">
      {code === '' ? (
        <Button look="edge" onPress={onWhere} testId="where">
          {t('draft.where')}
        </Button>
      ) : (
        <b>
          <Num>{code}</Num>
        </b>
      )}
      <div>
        <strong>
          {number === null ? (order ? t('order.noNumber') : t('order.new')) : t('order.number', { number })}
        </strong>
        {covers !== null && <> · {t('table.covers', { count: covers })}</>}
        <br />
        {placed !== null && !(order && unsent.orders.has(order.id)) ? (
          <>
            {t('order.sentAt')} <Num>{exactText(placed, zone)}</Num>
          </>
        ) : (
          <>
            {type} · {t('order.open')} <Num>{ageText(now - (placed ?? cart?.openedAt ?? now))}</Num>
          </>
        )}
      </div>
      <Button className="btn-square" label={t('order.menu')} onPress={onMenu} testId="order-menu">
        <MenuIcon />
      </Button>
    </header>
  );
}

function DraftLine({
  line,
  editing,
  onPress,
}: {
  line: CartLine;
  editing: boolean;
  onPress: () => void;
}): ReactElement {
  const { menu, currency } = useDesk();
  const press = usePress(onPress);
  const entry = menu.get(line.menuItem);
  const trouble = lineTrouble(line, menu);
  return (
    <button
      type="button"
      className={`ol pressable ${editing ? 'ol-active' : ''} ${trouble?.what === 'soldOut' || trouble?.what === 'gone' ? 'ol-out' : ''}`}
      data-testid="draft-line"
      {...press}
    >
      <span className="q">
        <Num>{line.qty}</Num>
      </span>
      <span className="nm">
        {entry?.item.name ?? line.menuItem}
        {line.hold && (
          <em className="held">
            <WorkDot work="held" />
            {t('work.held')}
          </em>
        )}
      </span>
      <span className="pr">
        <Num>{amountText(linePrice(line, menu), currency)}</Num>
      </span>
      <Modifiers
        modifiers={entry ? modifiersOf(entry.groups, line.choices) : []}
        notes={line.notes}
        allergies={line.allergies}
        seat={line.seat}
        missing={trouble?.what === 'missing' ? trouble.group.toLocaleLowerCase() : null}
      />
      {trouble?.what === 'soldOut' && (
        <span className="mods md-remove">{t('line.soldOut', { name: trouble.name })}</span>
      )}
      {trouble?.what === 'short' && (
        <span className="mods md-remove">{t('line.short', { name: trouble.name, left: trouble.left })}</span>
      )}
      {trouble?.what === 'gone' && <span className="mods md-remove">{t('line.gone')}</span>}
    </button>
  );
}

const WORK_DOTS = {
  waiting: 'waiting',
  cooking: 'cooking',
  ready: 'ready',
  served: 'ready',
  held: 'held',
} as const;

/** An item's state as dot and word. */
export function ItemState({ mark, printed = false }: { mark: ItemMark; printed?: boolean }): ReactElement {
  if (mark.mark === 'unsent')
    return (
      <span className="ls">
        <ReceiptMark receipt="queued" />
        {t('item.unsent')}
      </span>
    );
  if (mark.mark === 'voided' || mark.mark === 'refired')
    return <span className="ls">{t(`item.${mark.mark}`)}</span>;
  if (printed && mark.mark === 'waiting')
    return (
      <span className="ls">
        <PrinterIcon />
        {t('item.printed')}
      </span>
    );
  return (
    <span className="ls">
      <WorkDot work={mark.part ? 'cooking' : WORK_DOTS[mark.mark]} />
      {mark.part ? (
        <>
          <Num>
            {mark.part.ready}/{mark.part.of}
          </Num>
          {t('work.ready')}
        </>
      ) : mark.mark === 'served' ? (
        t('item.served')
      ) : (
        t(`work.${mark.mark}`)
      )}
    </span>
  );
}

function SentLine({
  item,
  receipt,
  onPress,
}: {
  item: ItemView;
  receipt: Receipt | null;
  onPress: () => void;
}): ReactElement {
  const { unsent } = useDesk();
  const press = usePress(onPress);
  const gone = item.status === 'voided' || item.status === 'refired';
  const live = item.qty - item.voidQty;
  return (
    <button
      type="button"
      className={`ol pressable ${gone ? 'ol-gone' : ''}`}
      data-testid="sent-line"
      data-status={item.status}
      {...press}
    >
      <span className="q">
        <Num>{gone ? item.qty : live}</Num>
      </span>
      <span className="nm">
        {item.name}
        {item.refireOf !== undefined && <em className="tag tag-inverse">{t('item.refire')}</em>}
        {item.changed === true && !gone && <em className="tag tag-inverse">{t('item.changed')}</em>}
      </span>
      <ItemState
        mark={markOf(item, unsent)}
        printed={receipt?.printedAt !== null && receipt?.mark !== 'heard' && receipt !== null}
      />
      <Modifiers modifiers={item.modifiers} notes={item.notes} allergies={item.allergies} seat={item.seat} />
    </button>
  );
}

function ReceiptHead({ receipt, order }: { receipt: Receipt; order: OrderView | null }): ReactElement {
  const { stations, unsent, zone, orders, now } = useDesk();
  const station = stationName(receipt.station, stations);
  const way = order ? unsent.orders.get(order.id) : undefined;
  const word =
    receipt.mark === 'queued'
      ? way && !way.waits
        ? 'sending'
        : 'queued'
      : receipt.held
        ? 'sent'
        : receipt.ready
          ? 'ready'
          : receipt.mark;
  const mark = receipt.held && receipt.mark !== 'queued' ? 'sent' : receipt.mark;
  const course = receipt.held
    ? orders.find(({ id }) => id === order?.id)?.items?.find((item) => receipt.items.includes(item.id))
        ?.course
    : undefined;
  const heard =
    receipt.heardMs === null
      ? []
      : [<span key="heard">{t('receipt.heardIn', { seconds: secondsText(receipt.heardMs) })}</span>];
  const screens =
    receipt.screens === null
      ? []
      : [<span key="screens">{t('receipt.screens', { count: receipt.screens })}</span>];
  const facts = [...heard, ...screens];
  return (
    <div
      className={`rec ${mark === 'unheard' ? 'rec-bad' : ''}`}
      data-testid={`receipt-${receipt.station}`}
      data-mark={receipt.mark}
      role="status"
    >
      {mark === 'printed' ? <PrinterIcon /> : <ReceiptMark receipt={mark} />}
      <span>
        {t(`station.${word}`, { station })}
        {receipt.silentMs !== null && (
          <>
            {' '}
            <Num>{ageText(receipt.silentMs)}</Num>
          </>
        )}
      </span>
      <small>
        {receipt.held
          ? course === undefined
            ? t('receipt.held')
            : t('receipt.heldCourse', { course })
          : null}
        {facts.length > 0 && (
          <span>{facts.flatMap((fact, index) => (index === 0 ? [fact] : [' · ', fact]))}</span>
        )}
        {receipt.touchedAt !== null && (
          <span>
            {t('receipt.touchedAt')} <Num>{exactText(receipt.touchedAt, zone)}</Num>
          </span>
        )}
        {receipt.printedAt !== null && (
          <span>
            {t('receipt.printedAt')} <Num>{exactText(receipt.printedAt, zone)}</Num>
            {receipt.printer !== null && (
              <>
                {' '}
                <bdi>{receipt.printer}</bdi>
              </>
            )}
          </span>
        )}
        {receipt.shownAt !== null && (
          <span>{t('receipt.shownAt', { station: stationName(receipt.shownAt, stations) })}</span>
        )}
        {receipt.untappedSince !== null ? (
          <span className="untapped" data-testid="untapped">
            {t('receipt.untapped')} <Num>{ageText(now - receipt.untappedSince)}</Num>
          </span>
        ) : (
          receipt.seen !== null && (
            <span data-testid="seen-by">
              {t('receipt.seenBy', { name: receipt.seen.by })} <Num>{exactText(receipt.seen.at, zone)}</Num>
            </span>
          )
        )}
      </small>
    </div>
  );
}

/** `0.4`, from 10 s on whole seconds. */
function secondsText(ms: number): string {
  return ms < 9_950 ? (ms / 1000).toFixed(1) : String(Math.round(ms / 1000));
}

/** What is typed and not sent, and what the order came to so far. */
export function panelTotal(
  order: OrderView | null,
  cart: Cart | null,
  menu: Parameters<typeof cartTotal>[1],
): number {
  return cart && cart.lines.length > 0 ? cartTotal(cart, menu) : (order?.total ?? 0);
}
