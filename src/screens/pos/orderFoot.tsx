import type { ReactElement } from 'react';
import type { OrderView } from '../../domain/entities.ts';
import { useConnection, useOutbox } from '../../sdk/react/hooks.ts';
import { t } from '../i18n/words.tsx';
import { Button } from '../ui/button.tsx';
import { FlameIcon, NoteIcon, PauseIcon, PlusIcon, PrinterIcon, UndoIcon, VoidIcon } from '../ui/icons.tsx';
import { Num, ReceiptMark } from '../ui/marks.tsx';
import { moneyText } from '../ui/money.ts';
import { PeopleIcon, SendIcon } from '../ui/tabletIcons.tsx';
import { useActs } from './acts.tsx';
import { type Cart, aboutMinutes, cartTotal, cartTrouble, holdAll, readyLines } from './cart.ts';
import { useDesk } from './desk.tsx';
import { actionsOf, heldCourses, liveItems } from './orders.ts';
import { receiptsOf, sendingOf } from './receipts.ts';

/** Under a draft: what it comes to, and Send. */
export function DraftFoot(props: {
  cart: Cart;
  onSent: () => void;
  onWhere: () => void;
  onSeats: () => void;
  onNote: () => void;
}): ReactElement {
  const { cart } = props;
  const { menu, currency, drafts } = useDesk();
  const { send } = useActs();
  const connection = useConnection();
  const trouble = cartTrouble(cart, menu);
  const ready = readyLines(cart, menu);
  const minutes = aboutMinutes(ready, menu);
  const held = cart.lines.length > 0 && cart.lines.every((line) => line.hold);
  const offline = connection.word === 'offline';
  const label = offline
    ? t('send.later')
    : ready.length === cart.lines.length
      ? t('send.all', { count: ready.length })
      : t('send.ready', { count: ready.length });
  return (
    <div className="of">
      <div className="tot">
        <span>
          {t('draft.lines', { count: cart.lines.length })}
          {minutes !== null && <> · {t('draft.about', { minutes })}</>}
        </span>
        <b>
          <Num>{moneyText(cartTotal(cart, menu), currency)}</Num>
        </b>
      </div>
      <div className="act2 of-more">
        <Button
          disabled={cart.lines.length === 0}
          pressed={held}
          look={held ? 'edge' : 'raised'}
          onPress={() => drafts.update(cart.order, holdAll)}
        >
          <PauseIcon />
          {t(held ? 'draft.fireAll' : 'draft.holdAll')}
        </Button>
        <Button onPress={props.onSeats}>
          <PeopleIcon />
          {t('draft.seats')}
        </Button>
        <Button onPress={props.onNote} testId="order-note">
          <NoteIcon />
          {t('draft.note')}
        </Button>
      </div>
      {trouble === 'where' ? (
        <Button look="edge" className="send" onPress={props.onWhere} testId="send">
          {t('send.where')}
        </Button>
      ) : (
        <Button
          look="main"
          className={`send ${offline ? 'send-later' : ''}`}
          disabled={trouble !== null}
          testId="send"
          onPress={() => {
            if (send(cart.order)) props.onSent();
          }}
        >
          {offline ? <ReceiptMark receipt="queued" /> : <SendIcon />}
          {trouble === 'empty'
            ? t('send.empty')
            : trouble === 'nothingReady'
              ? t('send.nothingReady')
              : label}
        </Button>
      )}
    </div>
  );
}

/** Under a sent order: how far it got, and what can be done with all of it. */
export function OrderFoot(props: { order: OrderView; onAdd: () => void; onVoid: () => void }): ReactElement {
  const { order } = props;
  const { unsent, live, now, currency } = useDesk();
  const { act } = useActs();
  const [course] = heldCourses(order);
  const held = liveItems(order).filter((item) => item.status === 'held');
  const ready = liveItems(order).filter((item) => item.status === 'ready');
  const state = sendingOf(receiptsOf(order, unsent, live, now), order.id, unsent);
  const closed = order.status === 'cancelled' || order.status === 'closed' || order.status === 'completed';
  const onItsWay = unsent.orders.has(order.id);
  return (
    <div className="of">
      <div className="tot">
        <span>{order.paymentStatus === 'none' ? t('order.total') : t(`payment.${order.paymentStatus}`)}</span>
        <b>
          <Num>{moneyText(order.total, currency)}</Num>
        </b>
      </div>
      <div className="act2">
        <Button
          disabled={order.status === 'cancelled' || order.status === 'closed'}
          onPress={props.onAdd}
          testId="add-to-order"
        >
          <PlusIcon />
          {t('order.add')}
        </Button>
        {ready.length > 0 && (
          <Button
            look="main"
            onPress={() =>
              void act(
                'order.serve',
                { order: order.id, items: ready.map(({ id }) => id), version: order.version },
                { say: t('said.served') },
              )
            }
            testId="serve"
          >
            {t('order.serve', { count: ready.length })}
          </Button>
        )}
        {held.length > 0 && ready.length === 0 && (
          <Button
            onPress={() =>
              void act(
                'order.fire',
                {
                  order: order.id,
                  version: order.version,
                  ...(course === null || course === undefined
                    ? { items: held.map(({ id }) => id) }
                    : { course }),
                },
                { say: t('said.fired') },
              )
            }
            testId="fire-course"
          >
            <FlameIcon />
            {course === null || course === undefined
              ? t('order.fireHeld', { count: held.length })
              : t('order.fireCourse', { course })}
          </Button>
        )}
        <Button
          look="edge"
          className="btn-void"
          disabled={
            closed || onItsWay || !liveItems(order).some((item) => actionsOf(item, order).includes('void'))
          }
          onPress={props.onVoid}
          testId="void"
        >
          <VoidIcon />
          {t('order.void')}
        </Button>
      </div>
      <SendState order={order} state={state} />
    </div>
  );
}

/** A second tap on Send lands where these keys appear: they wait until it is over. */
const CALM = 2000;

/** Sending → Sent ✓ → Heard ✓✓, where Send was. What has not left this tablet can be tried again, or taken back. */
function SendState({
  order,
  state,
}: {
  order: OrderView;
  state: ReturnType<typeof sendingOf>;
}): ReactElement {
  const { unsent, now } = useDesk();
  const outbox = useOutbox();
  const way = unsent.orders.get(order.id);
  const calm = way !== undefined && now - way.since < CALM;
  const mark = (
    {
      sending: 'queued',
      waits: 'queued',
      asks: 'queued',
      sent: 'sent',
      heard: 'heard',
      printed: 'printed',
      unheard: 'unheard',
    } as const
  )[state];
  return (
    <div className={`sendstate sendstate-${state}`} role="status" data-testid="send-state" data-state={state}>
      {mark === 'printed' ? <PrinterIcon /> : <ReceiptMark receipt={mark} />}
      <span>{t(`sendState.${state}`)}</span>
      <span className="grow" />
      {way && state !== 'sending' && (
        <>
          <Button
            look="edge"
            disabled={calm}
            onPress={() => (way.asks ? outbox.confirm(way.id) : outbox.flush())}
          >
            <SendIcon />
            {t('send.now')}
          </Button>
          <Button look="plain" disabled={calm} onPress={() => void outbox.discard(way.id)} testId="take-back">
            <UndoIcon />
            {t('send.takeBack')}
          </Button>
        </>
      )}
    </div>
  );
}
