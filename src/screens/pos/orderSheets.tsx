import { useState, type ReactElement } from 'react';
import type { OrderView } from '../../domain/entities.ts';
import { useHeard } from '../../sdk/react/hooks.ts';
import { t } from '../i18n/words.tsx';
import { Button } from '../ui/button.tsx';
import { FlameIcon, MoveIcon, PauseIcon, VoidIcon } from '../ui/icons.tsx';
import { Sheet } from '../ui/sheet.tsx';
import { CodeIcon, RepeatIcon } from '../ui/tabletIcons.tsx';
import { useActs } from './acts.tsx';
import type { Cart } from './cart.ts';
import { useDesk } from './desk.tsx';
import { TablePicker } from './draftSheets.tsx';
import { heldCourses, liveItems } from './orders.ts';
import { Option } from './stepper.tsx';

/** Everything that can be done with a whole order. */
export function OrderMenu(props: {
  order: OrderView | null;
  cart: Cart | null;
  onWhere: () => void;
  onMove: () => void;
  onCancel: () => void;
  onLink: () => void;
  onRepeat: () => void;
  onDiscard: () => void;
  onClose: () => void;
}): ReactElement {
  const { order, cart, onClose } = props;
  const heard = useHeard();
  const { act } = useActs();
  const { unsent } = useDesk();
  const held = order ? liveItems(order).filter((item) => item.status === 'held') : [];
  const waiting = order ? liveItems(order).filter((item) => item.status === 'fired') : [];
  const open = order !== null && order.status !== 'cancelled' && order.status !== 'closed';
  const then = (go: () => void) => () => {
    onClose();
    go();
  };
  return (
    <Sheet title={t('order.menu')} onClose={onClose}>
      <div className="menu-list">
        {cart && !cart.adds && <Button onPress={then(props.onWhere)}>{t('where.title')}</Button>}
        {open && order && (
          <>
            <Button onPress={then(props.onMove)} testId="move-order">
              <MoveIcon />
              {t('order.move')}
            </Button>
            {heldCourses(order).map((course) => (
              <Button
                key={String(course)}
                onPress={then(
                  () =>
                    void act(
                      'order.fire',
                      {
                        order: order.id,
                        version: order.version,
                        ...(course === null
                          ? { items: held.filter((item) => item.course === undefined).map(({ id }) => id) }
                          : { course }),
                      },
                      { say: t('said.fired') },
                    ),
                )}
              >
                <FlameIcon />
                {course === null
                  ? t('order.fireHeld', { count: held.filter((item) => item.course === undefined).length })
                  : t('order.fireCourse', { course })}
              </Button>
            ))}
            {waiting.length > 0 && (
              <Button
                onPress={then(
                  () =>
                    void act(
                      'order.hold',
                      { order: order.id, items: waiting.map(({ id }) => id), version: order.version },
                      { say: t('said.held') },
                    ),
                )}
              >
                <PauseIcon />
                {t('order.holdRest', { count: waiting.length })}
              </Button>
            )}
            {held.length > 0 &&
              [5, 10, 15].map((minutes) => (
                <Button
                  key={minutes}
                  onPress={then(
                    () =>
                      void act(
                        'order.hold',
                        {
                          order: order.id,
                          items: held.map(({ id }) => id),
                          at: new Date(heard.serverNow() + minutes * 60_000).toISOString(),
                        },
                        { say: t('said.fireIn', { minutes }) },
                      ),
                  )}
                >
                  <FlameIcon />
                  {t('order.fireIn', { minutes })}
                </Button>
              ))}
            {!unsent.orders.has(order.id) && (
              <Button onPress={then(props.onLink)} testId="link-order">
                <CodeIcon />
                {t('link.title')}
              </Button>
            )}
            <Button onPress={then(props.onRepeat)}>
              <RepeatIcon />
              {t('order.repeat')}
            </Button>
            <Button
              look="edge"
              className="btn-void"
              disabled={order.status === 'completed'}
              onPress={then(props.onCancel)}
              testId="cancel-order"
            >
              <VoidIcon />
              {t('order.cancel')}
            </Button>
          </>
        )}
        {cart && cart.lines.length > 0 && (
          <Button look="edge" className="btn-void" onPress={then(props.onDiscard)} testId="discard">
            <VoidIcon />
            {t('draft.discard')}
          </Button>
        )}
      </div>
    </Sheet>
  );
}

/** Another table for the order; the kitchen is told. */
export function MoveSheet({ order, onClose }: { order: OrderView; onClose: () => void }): ReactElement {
  const { act } = useActs();
  const { tables } = useDesk();
  const from = order.table;
  return (
    <Sheet title={t('order.moveTo')} onClose={onClose} className="sheet-wide">
      <TablePicker
        chosen={null}
        not={from}
        onChoose={(table) => {
          onClose();
          void act(
            'order.transfer',
            { order: order.id, table, version: order.version },
            {
              say: t('said.moved', { table: tables.get(table)?.name ?? table }),
              ...(from !== undefined && {
                undo: () => void act('order.transfer', { order: order.id, table: from }),
              }),
            },
          );
        }}
      />
    </Sheet>
  );
}

const CANCEL_REASONS = ['guestLeft', 'guestChanged', 'doubleEntry', 'tooLong', 'cannotMake'] as const;

export function CancelSheet({ order, onClose }: { order: OrderView; onClose: () => void }): ReactElement {
  const { act } = useActs();
  const [reason, setReason] = useState<string | null>(null);
  return (
    <Sheet
      title={t('order.cancel')}
      onClose={onClose}
      foot={
        <footer className="sheet-foot">
          <span className="grow" />
          <Button
            look="danger"
            disabled={reason === null}
            testId="confirm-cancel"
            onPress={() => {
              if (reason === null) return;
              onClose();
              void act(
                'order.cancel',
                { order: order.id, reason, version: order.version },
                { say: t('said.cancelled') },
              );
            }}
          >
            {reason === null ? t('void.chooseReason') : t('order.cancel')}
          </Button>
        </footer>
      }
    >
      <div className="stack">
        <p className="text-text-2">{t('cancel.say')}</p>
        <div className="opts">
          {CANCEL_REASONS.map((key) => {
            const words = t(`reason.${key}`);
            return (
              <Option key={key} chosen={reason === words} onPress={() => setReason(words)}>
                {words}
              </Option>
            );
          })}
        </div>
      </div>
    </Sheet>
  );
}
