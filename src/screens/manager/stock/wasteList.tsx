import type { ReactElement } from 'react';
import type { WasteView } from '../../../domain/stock/entities.ts';
import { t, type MessageKey } from '../../i18n/words.tsx';
import { Num } from '../../ui/marks.tsx';
import { moneyText } from '../../ui/money.ts';
import { clockText, millis } from '../../ui/time.ts';
import { amountText } from './larder.ts';

const WHY: Record<WasteView['why'], MessageKey> = {
  voided: 'stock.wasteVoided',
  refired: 'stock.wasteRefired',
  cancelled: 'stock.wasteCancelled',
  amended: 'stock.wasteAmended',
  thrown: 'stock.wasteThrown',
};

/** What was thrown away, the newest first, with why and what it cost. */
export function WasteList(props: {
  waste: readonly WasteView[];
  zone: string | undefined;
  currency: string;
}): ReactElement {
  const list = props.waste.toSorted((a, b) => b.version - a.version);
  return (
    <section className="mg-card ld-waste" data-testid="waste">
      <h3>{t('stock.waste')}</h3>
      {list.length === 0 && <p className="st-say">{t('stock.wasteNone')}</p>}
      <ul>
        {list.map((one) => (
          <li key={one.id}>
            <Num>{clockText(millis(one.at), props.zone)}</Num>
            <span>
              <b>
                <bdi>{one.name}</bdi>{' '}
                <Num>{one.unit === undefined ? `× ${one.qty}` : amountText(one.qty, one.unit)}</Num>
              </b>
              <small>
                {t(WHY[one.why])}
                {one.reason !== undefined && (
                  <>
                    {' · '}
                    <bdi>{one.reason}</bdi>
                  </>
                )}
              </small>
            </span>
            {one.cost !== undefined && <Num>{moneyText(one.cost, props.currency)}</Num>}
          </li>
        ))}
      </ul>
    </section>
  );
}
