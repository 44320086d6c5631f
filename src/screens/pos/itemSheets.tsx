import { useState, type ReactElement } from 'react';
import type { ItemView, OrderView } from '../../domain/entities.ts';
import { t } from '../i18n/words.tsx';
import { Button } from '../ui/button.tsx';
import { CheckIcon, FlameIcon, PauseIcon, VoidIcon } from '../ui/icons.tsx';
import { Num } from '../ui/marks.tsx';
import { Sheet } from '../ui/sheet.tsx';
import { PencilIcon, RepeatIcon } from '../ui/tabletIcons.tsx';
import { useActs } from './acts.tsx';
import { useDesk } from './desk.tsx';
import { Modifiers } from './modifiers.tsx';
import { ItemState } from './orderPanel.tsx';
import { actionsOf, liveItems, markOf } from './orders.ts';
import { Option, Stepper } from './stepper.tsx';

/** What can be done with one item that the kitchen has. */
export function ItemSheet(props: {
  order: OrderView;
  item: ItemView;
  onAmend: () => void;
  onVoid: () => void;
  onRefire: () => void;
  onClose: () => void;
}): ReactElement {
  const { order, item, onClose } = props;
  const { menu, unsent } = useDesk();
  const { act } = useActs();
  const can = unsent.items.has(item.id) ? [] : actionsOf(item, order);
  const then = (go: () => void) => () => {
    onClose();
    go();
  };
  const one = { order: order.id, items: [item.id], version: order.version };
  const sellable =
    item.menuItem !== undefined && menu.get(item.menuItem)?.item.soldOut === false ? item.menuItem : null;
  return (
    <Sheet
      title={
        <>
          <Num>{item.qty - item.voidQty}</Num> {item.name}
        </>
      }
      onClose={onClose}
    >
      <div className="stack">
        <div className="row">
          <ItemState mark={markOf(item, unsent)} />
        </div>
        <Modifiers
          modifiers={item.modifiers}
          notes={item.notes}
          allergies={item.allergies}
          seat={item.seat}
        />
        <div className="menu-list">
          {can.includes('serve') && (
            <Button look="main" onPress={then(() => void act('order.serve', one, { say: t('said.served') }))}>
              <CheckIcon />
              {t('item.serve')}
            </Button>
          )}
          {can.includes('fire') && (
            <Button
              look="main"
              onPress={then(() => void act('order.fire', one, { say: t('said.fired') }))}
              testId="fire-item"
            >
              <FlameIcon />
              {t('item.fire')}
            </Button>
          )}
          {can.includes('hold') && (
            <Button
              onPress={then(
                () =>
                  void act('order.hold', one, {
                    say: t('said.held'),
                    undo: () => void act('order.fire', { order: order.id, items: [item.id] }),
                  }),
              )}
              testId="hold-item"
            >
              <PauseIcon />
              {t('item.hold')}
            </Button>
          )}
          {can.includes('amend') && (
            <Button onPress={then(props.onAmend)} testId="amend-item">
              <PencilIcon />
              {t('item.amend')}
            </Button>
          )}
          {can.includes('refire') && (
            <Button onPress={then(props.onRefire)} testId="refire-item">
              <RepeatIcon />
              {t('item.refireAct')}
            </Button>
          )}
          {can.includes('void') && (
            <Button look="edge" className="btn-void" onPress={then(props.onVoid)} testId="void-item">
              <VoidIcon />
              {t('item.void')}
            </Button>
          )}
          {sellable !== null && (
            <Button
              look="edge"
              onPress={then(
                () =>
                  void act(
                    'menu.soldOut',
                    { item: sellable, until: 'day' },
                    { say: t('said.soldOut', { name: item.name }) },
                  ),
              )}
            >
              {t('item.markSoldOut')}
            </Button>
          )}
        </div>
        {can.length === 0 && (
          <p className="text-text-2">{t(unsent.items.has(item.id) ? 'item.notThere' : 'item.closed')}</p>
        )}
      </div>
    </Sheet>
  );
}

/** Eight reasons: enough to tell what went wrong, few enough to be read. */
export const VOID_REASONS = [
  'guestChanged',
  'wrongItem',
  'doubleEntry',
  'tooLong',
  'quality',
  'allergy',
  'cannotMake',
  'guestLeft',
] as const;

/** Takes an item back: how many, why, and whether it was made already. Without an item: first which one. */
export function VoidSheet({
  order,
  item: given,
  onClose,
}: {
  order: OrderView;
  item: ItemView | null;
  onClose: () => void;
}): ReactElement {
  const { act } = useActs();
  const [item, setItem] = useState(given);
  const live = item ? item.qty - item.voidQty : 1;
  const [qty, setQty] = useState(live);
  const [reason, setReason] = useState<string | null>(null);
  const [made, setMade] = useState<boolean | null>(item === null ? null : madeAlready(item));
  const choose = (next: ItemView): void => {
    setItem(next);
    setQty(next.qty - next.voidQty);
    setMade(madeAlready(next));
  };
  const missing =
    item === null
      ? t('void.chooseItem')
      : reason === null
        ? t('void.chooseReason')
        : made === null
          ? t('void.chooseMade')
          : null;
  return (
    <Sheet
      title={item === null ? t('item.void') : t('void.title', { name: item.name })}
      onClose={onClose}
      keep={reason !== null}
      foot={
        <footer className="sheet-foot">
          <span className="grow" />
          <Button
            look="danger"
            disabled={missing !== null}
            testId="confirm-void"
            onPress={() => {
              if (item === null || reason === null || made === null) return;
              onClose();
              void act(
                'item.void',
                {
                  order: order.id,
                  item: item.id,
                  reason,
                  made,
                  version: order.version,
                  ...(qty < live && { qty }),
                },
                { say: t('said.voided', { name: item.name }) },
              );
            }}
          >
            <VoidIcon />
            {missing ?? t('void.confirm', { count: qty })}
          </Button>
        </footer>
      }
    >
      <div className="stack">
        {given === null && (
          <div className="opts">
            {liveItems(order)
              .filter((one) => actionsOf(one, order).includes('void'))
              .map((one) => (
                <Option key={one.id} chosen={item?.id === one.id} onPress={() => choose(one)}>
                  <Num>{one.qty - one.voidQty}</Num> {one.name}
                </Option>
              ))}
          </div>
        )}
        {live > 1 && item !== null && (
          <div className="row">
            <h3>{t('void.howMany')}</h3>
            <Stepper name={t('void.howMany')} value={qty} min={1} max={live} onChange={setQty} />
          </div>
        )}
        <h3>{t('void.why')}</h3>
        <div className="opts" role="group" aria-label={t('void.why')}>
          {VOID_REASONS.map((key) => {
            const words = t(`reason.${key}`);
            return (
              <Option key={key} chosen={reason === words} onPress={() => setReason(words)}>
                {words}
              </Option>
            );
          })}
        </div>
        <h3>{t('void.made')}</h3>
        <div className="opts" role="group" aria-label={t('void.made')}>
          <Option chosen={made === false} onPress={() => setMade(false)}>
            {t('void.unmade')}
          </Option>
          <Option chosen={made === true} onPress={() => setMade(true)}>
            {t('void.wasMade')}
          </Option>
        </div>
      </div>
    </Sheet>
  );
}

/** What the kitchen has not touched was not made; a started item only a person can judge. */
function madeAlready(item: ItemView): boolean | null {
  return item.status === 'held' || item.status === 'fired' ? false : item.status === 'ready' ? true : null;
}

const REFIRE_REASONS = ['wrongCooked', 'cold', 'dropped', 'wrongItem', 'quality', 'allergy'] as const;

/** The same again, first in line, at no price. */
export function RefireSheet({
  order,
  item,
  onClose,
}: {
  order: OrderView;
  item: ItemView;
  onClose: () => void;
}): ReactElement {
  const { act } = useActs();
  return (
    <Sheet title={t('refire.title', { name: item.name })} onClose={onClose}>
      <div className="stack">
        <p className="text-text-2">{t('refire.say')}</p>
        <div className="opts">
          {REFIRE_REASONS.map((key) => (
            <Button
              key={key}
              look="plain"
              className="op"
              onPress={() => {
                onClose();
                void act(
                  'item.refire',
                  { order: order.id, item: item.id, reason: t(`reason.${key}`), version: order.version },
                  { say: t('said.refired', { name: item.name }) },
                );
              }}
            >
              {t(`reason.${key}`)}
            </Button>
          ))}
        </div>
      </div>
    </Sheet>
  );
}
