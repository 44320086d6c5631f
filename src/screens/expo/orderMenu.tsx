import type { ReactElement } from 'react';
import { t } from '../i18n/words.tsx';
import { codeOf } from '../kitchen/tickets.ts';
import { Button } from '../ui/button.tsx';
import { RushIcon, UndoIcon } from '../ui/icons.tsx';
import { Sheet } from '../ui/sheet.tsx';
import type { PassOrder } from './orders.ts';

/** What may be done with a whole order at the pass. */
export function OrderMenu({
  pass,
  onServe,
  onRush,
  onRecall,
  onClose,
}: {
  pass: PassOrder;
  onServe: () => void;
  onRush: () => void;
  onRecall: (ticket: string | null) => void;
  onClose: () => void;
}): ReactElement {
  const act = (does: () => void) => () => {
    does();
    onClose();
  };
  const ready = pass.groups.filter((group) => group.state === 'ready');
  return (
    <Sheet
      title={
        <bdi>{t('kitchen.menuTitle', { number: `#${pass.order.number}`, code: codeOf(pass.order) })}</bdi>
      }
      onClose={onClose}
    >
      <div className="menu-acts">
        {!pass.complete && pass.ready > 0 && (
          <Button look="edge" onPress={act(onServe)}>
            {t('expo.handPart')}
          </Button>
        )}
        {!pass.complete && (
          <Button look="edge" onPress={act(onRush)} testId="rush">
            <RushIcon />
            {pass.rush ? t('expo.unrushAll') : t('expo.rushAll')}
          </Button>
        )}
        {ready.length > 1 && (
          <Button look="edge" onPress={act(() => onRecall(null))}>
            <UndoIcon />
            {t('expo.recallAll')}
          </Button>
        )}
        {ready.map((group) => (
          <Button key={group.ticket.id} look="edge" onPress={act(() => onRecall(group.ticket.id))}>
            <UndoIcon />
            {t('expo.recallFrom', { station: group.name })}
          </Button>
        ))}
      </div>
    </Sheet>
  );
}
