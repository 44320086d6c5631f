import type { ReactElement, ReactNode } from 'react';
import type { AlertView, OrderView } from '../../domain/entities.ts';
import { t } from '../i18n/words.tsx';
import { Button } from '../ui/button.tsx';
import { PrinterIcon, TapIcon } from '../ui/icons.tsx';
import { Num, ReceiptMark } from '../ui/marks.tsx';
import { ageText, exactText } from '../ui/time.ts';
import { useDesk } from './desk.tsx';
import { openOrders } from './orders.ts';
import { type Receipt, at, receiptsOf, stationName } from './receipts.ts';

/**
 * What went wrong between this tablet and a plate: stations that have not heard, changes that nobody tapped, paper that
 * did not come, food that no station makes. Of others' orders only what anybody can mend.
 */
export function Trouble({ onOrder }: { onOrder: (order: OrderView) => void }): ReactElement {
  const { orders, tables, unsent, live, stations, view, now, zone, name } = useDesk();
  const where = (order: Pick<OrderView, 'table' | 'guest' | 'number'>): string =>
    order.table === undefined
      ? (order.guest?.name ?? `#${order.number}`)
      : (tables.get(order.table)?.name ?? order.table);
  const unheard = openOrders(orders).flatMap((order) =>
    receiptsOf(order, unsent, live, now).flatMap((receipt) =>
      receipt.mark === 'unheard' && receipt.station !== 'unrouted' ? [{ order, receipt }] : [],
    ),
  );
  const orderOf = (alert: AlertView): OrderView | undefined => orders.find(({ id }) => id === alert.order);
  const isMine = (alert: AlertView): boolean => {
    const server = orderOf(alert)?.server;
    return name === undefined || server === undefined || server === name;
  };
  const alerts = [...view.entities.alert.values()].filter(
    (alert) =>
      alert.type === 'unrouted' || alert.type === 'short' || (alert.type !== 'unheard' && isMine(alert)),
  );
  return (
    <>
      {unheard.map(({ order, receipt }) => (
        <Bad
          key={receipt.ticket}
          testId="unheard"
          mark={<ReceiptMark receipt="unheard" className="nt-mark" />}
          title={t('trouble.unheard', {
            station: stationName(receipt.station, stations),
            code: where(order),
          })}
          onPress={() => onOrder(order)}
        >
          <Num>{ageText(receipt.silentMs ?? 0)}</Num>
          <Done receipt={receipt} />
        </Bad>
      ))}
      {alerts.map((alert) => {
        const order = orderOf(alert);
        const open = (): void => {
          if (order) onOrder(order);
        };
        if (alert.type === 'unseen')
          return (
            <Bad
              key={alert.id}
              testId="unseen"
              mark={<TapIcon className="nt-mark" />}
              title={t('trouble.unseen', {
                station: stationName(alert.station, stations),
                code: where(order ?? alert),
              })}
              onPress={open}
            >
              <Num>{ageText(now - (at(alert.at) ?? now))}</Num> · {t('trouble.passTold')}
            </Bad>
          );
        if (alert.type === 'printer')
          return (
            <Bad
              key={alert.id}
              testId="printer"
              mark={<PrinterIcon className="nt-mark" />}
              title={t('trouble.printer', { printer: alert.printer ?? '', code: where(order ?? alert) })}
              onPress={open}
            >
              <bdi>{alert.reason}</bdi> · <Num>{exactText(at(alert.at) ?? now, zone)}</Num>
            </Bad>
          );
        return (
          <Bad
            key={alert.id}
            testId={alert.type}
            mark={<ReceiptMark receipt="unheard" className="nt-mark" />}
            title={t(alert.type === 'unheard' ? 'trouble.unrouted' : TITLES[alert.type], {
              number: alert.displayId ?? String(alert.number),
              platform: alert.platform ?? '',
            })}
            onPress={open}
          >
            {alert.reason ?? alert.items.map((item) => `${item.qty} ${item.name}`).join(', ')}
          </Bad>
        );
      })}
    </>
  );
}

const TITLES = {
  unrouted: 'trouble.unrouted',
  short: 'trouble.short',
  accept: 'trouble.accept',
  refused: 'trouble.refused',
  courier: 'trouble.courier',
  unmapped: 'trouble.unmapped',
} as const;

/** What the house has done about a ticket that nobody heard. */
function Done({ receipt }: { receipt: Receipt }): ReactElement {
  const { stations } = useDesk();
  return (
    <>
      {receipt.shownAt !== null && (
        <> · {t('receipt.shownAt', { station: stationName(receipt.shownAt, stations) })}</>
      )}
      {receipt.printedAt !== null && (
        <>
          {' '}
          · {t('item.printed')} <bdi>{receipt.printer}</bdi>
        </>
      )}
      {receipt.rung >= 4 && <> · {t('trouble.passTold')}</>}
      {receipt.rung >= 5 && <> · {t('trouble.managerTold')}</>}
    </>
  );
}

function Bad(props: {
  testId: string;
  mark: ReactNode;
  title: string;
  onPress: () => void;
  children: ReactNode;
}): ReactElement {
  return (
    <Button look="plain" className="nt nt-bad" onPress={props.onPress} testId={props.testId}>
      {props.mark}
      <span className="nt-say">
        <strong>{props.title}</strong>
        <small>{props.children}</small>
      </span>
    </Button>
  );
}
