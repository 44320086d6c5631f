import { useState, type ReactElement } from 'react';
import { t, type MessageKey } from '../../i18n/words.tsx';
import { Button } from '../../ui/button.tsx';
import { Num } from '../../ui/marks.tsx';
import { amountText, minorUnits, moneyText } from '../../ui/money.ts';
import { Table } from '../table.tsx';
import { type Figures, change, onScale, openHours, roundUp } from './figures.ts';
import { beforeText, countText } from './kpis.tsx';

/** What was sold: by hour beside the same weekday before, by channel, by item. */

export function HoursChart({ figures }: { figures: Figures }): ReactElement {
  const hours = openHours(figures.hours);
  const most = roundUp(Math.max(0, ...hours.map(({ net, before }) => Math.max(net, before))));
  const steps = [most, most / 2, 0];
  const point = (index: number, value: number): string =>
    `${((index + 0.5) / hours.length) * 100},${100 - onScale(value, most)}`;
  return (
    <section className="mg-card fg-hours" aria-labelledby="fg-hours" data-testid="sales-by-hour">
      <h3>
        <span id="fg-hours">{t('figures.byHour')}</span>
        <small>{t('figures.inMoney', { currency: figures.currency })}</small>
        <span className="mg-legend">
          <span>
            <i className="fg-key-bar" aria-hidden="true" />
            {rangeText(figures)}
          </span>
          {figures.isCompared && (
            <span>
              <i className="mg-key mg-key-2" aria-hidden="true" />
              {beforeText(figures)}
            </span>
          )}
        </span>
      </h3>
      {hours.length === 0 ? (
        <p className="fg-none">{t('figures.noSales')}</p>
      ) : (
        <div className="fg-plot" dir="ltr">
          <div className="fg-axis" aria-hidden="true">
            {steps.map((value) => (
              <span key={value}>{Math.round(value / minorUnits(figures.currency))}</span>
            ))}
          </div>
          <div className="fg-bars">
            <div className="fg-grid" aria-hidden="true">
              <i />
              <i />
              <i />
            </div>
            <ol>
              {hours.map(({ hour, net, before, orders }) => (
                <li key={hour} data-hour={hour} data-net={net} data-before={before}>
                  <i className="fg-bar" style={{ blockSize: `${onScale(net, most)}%` }} aria-hidden="true" />
                  <span className="sr-only">
                    {t('figures.hourSay', {
                      hour,
                      net: moneyText(net, figures.currency),
                      count: orders,
                      before: moneyText(before, figures.currency),
                    })}
                  </span>
                </li>
              ))}
            </ol>
            {figures.isCompared && (
              <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
                <polyline points={hours.map(({ before }, index) => point(index, before)).join(' ')} />
              </svg>
            )}
          </div>
          <div className="fg-hour-names" aria-hidden="true">
            {hours.map(({ hour }) => (
              <span key={hour}>{hour}</span>
            ))}
          </div>
        </div>
      )}
    </section>
  );
}

function rangeText({ from, to, today }: Figures): string {
  if (from !== to)
    return t('figures.daysUntil', { days: (Date.parse(to) - Date.parse(from)) / 86_400_000 + 1 });
  return from === today ? t('figures.today') : from;
}

const CHANNELS: Readonly<Record<string, MessageKey>> = {
  dine_in: 'figures.channel.dineIn',
  takeout: 'figures.channel.takeout',
  delivery: 'figures.channel.delivery',
  counter: 'figures.channel.counter',
  phone: 'figures.channel.phone',
  web: 'figures.channel.web',
  partner: 'figures.channel.partner',
  'uber-eats': 'figures.channel.uber',
  doordash: 'figures.channel.doordash',
};

export function Channels({ figures }: { figures: Figures }): ReactElement {
  const most = Math.max(0, ...figures.channels.map(({ net }) => net));
  return (
    <section className="mg-card fg-list" aria-labelledby="fg-channels" data-testid="sales-by-channel">
      <h3>
        <span id="fg-channels">{t('figures.byChannel')}</span>
      </h3>
      {figures.channels.length === 0 && <p className="fg-none">{t('figures.noSales')}</p>}
      <ul>
        {figures.channels.map(({ key, net, orders }) => {
          const named = CHANNELS[key];
          return (
            <li key={key}>
              <span className="fg-name">
                <bdi>{named === undefined ? key : t(named)}</bdi>
                <small>{t('figures.ordersCount', { count: orders })}</small>
              </span>
              <b>
                <Num>{moneyText(net, figures.currency)}</Num>
              </b>
              <i className="fg-track" aria-hidden="true">
                <i style={{ inlineSize: `${onScale(net, most)}%` }} />
              </i>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

const FIRST = 8;

export function Items({ figures }: { figures: Figures }): ReactElement {
  const [whole, setWhole] = useState(false);
  const shown = whole ? figures.items : figures.items.slice(0, FIRST);
  return (
    <section className="mg-card fg-items" aria-labelledby="fg-items" data-testid="sales-by-item">
      <h3>
        <span id="fg-items">{t('figures.byItem')}</span>
        {figures.isCompared && <small>{t('figures.changeOn', { day: beforeText(figures) })}</small>}
      </h3>
      {figures.items.length === 0 ? (
        <p className="fg-none">{t('figures.noSales')}</p>
      ) : (
        <Table
          about="fg-items"
          heads={[t('figures.item'), t('figures.pieces'), t('figures.amount'), t('figures.before')]}
        >
          {shown.map(({ id, name, pieces, net, before }) => (
            <tr key={id}>
              <th scope="row">
                <bdi>{name}</bdi>
              </th>
              <td>
                <Num>{countText(pieces)}</Num>
              </td>
              <td>
                <b>
                  <Num>{amountText(net, figures.currency)}</Num>
                </b>
              </td>
              <td>
                <Num>{figures.isCompared ? signText(change(net, before)) : '–'}</Num>
              </td>
            </tr>
          ))}
        </Table>
      )}
      {figures.items.length > FIRST && (
        <Button look="plain" onPress={() => setWhole(!whole)}>
          {whole ? t('figures.fewer') : t('figures.allItems', { count: figures.items.length })}
        </Button>
      )}
    </section>
  );
}

function signText(share: number | null): string {
  if (share === null) return '–';
  const percent = Math.round(share * 100);
  return t('figures.percent', {
    percent: `${percent > 0 ? '+' : percent < 0 ? '−' : ''}${Math.abs(percent)}`,
  });
}
