import { useState, type ReactElement } from 'react';
import { t, type MessageKey } from '../../i18n/words.tsx';
import { Num } from '../../ui/marks.tsx';
import { minorUnits, moneyText } from '../../ui/money.ts';
import { ageText } from '../../ui/time.ts';
import { Table } from '../table.tsx';
import { type Figures, type Heat, type HeatKind, type Station, lateShare, onScale } from './figures.ts';
import { percentText, secondsText, weekdayText } from './kpis.tsx';

/** What the kitchen did: times by station and dish, what was taken back, how soon it was heard, and a mean week. */

const timeText = (seconds: number | null): string => (seconds === null ? '–' : ageText(seconds * 1000));

export function PrepTimes({
  figures,
  names,
}: {
  figures: Figures;
  names: ReadonlyMap<string, string>;
}): ReactElement {
  const { stations, now } = figures;
  const most =
    Math.max(
      60,
      ...stations.flatMap(({ total90, lateAfter, total }) => [total90 ?? 0, total ?? 0, lateAfter ?? 0]),
    ) * 1.06;
  const legs = (leg: 'wait' | 'cook' | 'pass'): number | null => middle(stations, leg);
  return (
    <section className="mg-card fg-prep" aria-labelledby="fg-prep" data-testid="prep-times">
      <h3>
        <span id="fg-prep">{t('figures.prep')}</span>
        <small>{t('figures.prepSay')}</small>
        <span className="mg-legend">
          <span>
            <i className="fg-key-soon" aria-hidden="true" />
            {t('figures.soon')}
          </span>
          <span>
            <i className="fg-key-late" aria-hidden="true" />
            {t('figures.lateMark')}
          </span>
        </span>
      </h3>
      {stations.length === 0 && <p className="fg-none">{t('figures.noWork')}</p>}
      <ul>
        {stations.map((station) => (
          <li key={station.id} data-station={station.id}>
            <b>
              <bdi>{names.get(station.id) ?? station.id}</bdi>
            </b>
            <span className="fg-gauge" dir="ltr" aria-hidden="true">
              <i className="fg-median" style={{ inlineSize: `${onScale(station.total, most)}%` }} />
              <i
                className="fg-whisker"
                style={{
                  insetInlineStart: `${onScale(station.total, most)}%`,
                  inlineSize: `${onScale(station.total90, most) - onScale(station.total, most)}%`,
                }}
              />
              {station.soonAfter !== null && (
                <i className="fg-soon" style={{ insetInlineStart: `${onScale(station.soonAfter, most)}%` }} />
              )}
              {station.lateAfter !== null && (
                <i className="fg-late" style={{ insetInlineStart: `${onScale(station.lateAfter, most)}%` }} />
              )}
            </span>
            <span className="fg-times">
              <b>
                <Num>{timeText(station.total)}</Num>
              </b>
              <small>
                <Num>{timeText(station.total90)}</Num>
              </small>
            </span>
            <small className="fg-share">
              {t('figures.stationLate', {
                share: percentText(lateShare(station) ?? 0),
                late: station.late,
                fires: station.judged,
              })}
            </small>
          </li>
        ))}
      </ul>
      <dl>
        {(
          [
            ['figures.wait', timeText(legs('wait'))],
            ['figures.cook', timeText(legs('cook'))],
            ['figures.pass', timeText(legs('pass'))],
            ['figures.recalls', now.recalls],
            ['figures.refires', now.refires],
            ['figures.voids', now.voids],
          ] as const
        ).map(([name, value]) => (
          <div key={name}>
            <dt>{t(name)}</dt>
            <dd>
              <Num>{value}</Num>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** Of the stations' medians, each with the weight of its fires: what a usual ticket of the house waits. */
function middle(stations: readonly Station[], leg: 'wait' | 'cook' | 'pass'): number | null {
  const known = stations.flatMap((station) => {
    const value = station[leg];
    return value === null ? [] : [{ value, weight: station.fires }];
  });
  known.sort((a, b) => a.value - b.value);
  const half = known.reduce((sum, { weight }) => sum + weight, 0) / 2;
  let passed = 0;
  for (const { value, weight } of known) {
    passed += weight;
    if (passed >= half) return value;
  }
  return null;
}

const KINDS: Readonly<Record<string, MessageKey>> = {
  void: 'figures.kind.void',
  cancel: 'figures.kind.cancel',
  refire: 'figures.kind.refire',
};

export function TakenBack({ figures }: { figures: Figures }): ReactElement {
  const { reasons, now, currency } = figures;
  return (
    <section className="mg-card fg-list" aria-labelledby="fg-back" data-testid="taken-back">
      <h3>
        <span id="fg-back">{t('figures.takenBack')}</span>
        {now.takenBack > 0 && (
          <small>
            <Num>{moneyText(now.takenBack, currency)}</Num>
          </small>
        )}
      </h3>
      {reasons.length === 0 && <p className="fg-none">{t('figures.nothingBack')}</p>}
      <ul>
        {reasons.slice(0, 7).map(({ kind, reason, times, value }) => {
          const named = KINDS[kind];
          return (
            <li key={`${kind} ${reason}`}>
              <span className="fg-name">
                <bdi>{reason}</bdi>
                <small>
                  {t('figures.times', { kind: named === undefined ? kind : t(named), count: times })}
                </small>
              </span>
              <b>
                <Num>{moneyText(value, currency)}</Num>
              </b>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

export function HeardTable({
  figures,
  names,
}: {
  figures: Figures;
  names: ReadonlyMap<string, string>;
}): ReactElement {
  return (
    <section className="mg-card fg-items" aria-labelledby="fg-heard" data-testid="order-to-heard">
      <h3>
        <span id="fg-heard">{t('figures.heard')}</span>
        <small>{t('figures.heardWhat')}</small>
      </h3>
      {figures.heard.every(({ fires }) => fires === 0) ? (
        <p className="fg-none">{t('figures.heardNone')}</p>
      ) : (
        <Table
          about="fg-heard"
          heads={[
            t('figures.station'),
            t('figures.fires'),
            t('figures.median'),
            t('figures.p90'),
            t('figures.p99'),
          ]}
        >
          {figures.heard.map(({ station, fires, p50, p90, p99 }) => (
            <tr key={station ?? ''}>
              <th scope="row">
                <bdi>{station === null ? t('figures.all') : (names.get(station) ?? station)}</bdi>
              </th>
              <td>
                <Num>{fires}</Num>
              </td>
              {[p50, p90, p99].map((value, index) => (
                <td key={index}>
                  <Num>{value === null ? '–' : secondsText(value)}</Num>
                </td>
              ))}
            </tr>
          ))}
        </Table>
      )}
    </section>
  );
}

export function Dishes({
  figures,
  names,
}: {
  figures: Figures;
  names: ReadonlyMap<string, string>;
}): ReactElement {
  const slow = figures.dishes.toSorted((a, b) => (b.total90 ?? 0) - (a.total90 ?? 0)).slice(0, 8);
  return (
    <section className="mg-card fg-items" aria-labelledby="fg-dishes" data-testid="prep-by-item">
      <h3>
        <span id="fg-dishes">{t('figures.dishes')}</span>
        <small>{t('figures.dishesSay')}</small>
      </h3>
      {slow.length === 0 ? (
        <p className="fg-none">{t('figures.noWork')}</p>
      ) : (
        <Table
          about="fg-dishes"
          heads={[
            t('figures.item'),
            t('figures.station'),
            t('figures.linesName'),
            t('figures.median'),
            t('figures.p90'),
          ]}
        >
          {slow.map(({ id, name, station, lines, total, total90 }) => (
            <tr key={`${id} ${station}`}>
              <th scope="row">
                <bdi>{name}</bdi>
              </th>
              <td>
                <bdi>{names.get(station) ?? station}</bdi>
              </td>
              <td>
                <Num>{lines}</Num>
              </td>
              <td>
                <b>
                  <Num>{timeText(total)}</Num>
                </b>
              </td>
              <td>
                <Num>{timeText(total90)}</Num>
              </td>
            </tr>
          ))}
        </Table>
      )}
    </section>
  );
}

const HEATS = ['lines', 'orders', 'net'] as const satisfies readonly HeatKind[];
/** 2026-01-05 was a Monday. */
const MONDAY = Date.parse('2026-01-05T00:00:00.000Z');

export function HeatMap({ heat, currency }: { heat: Heat | null; currency: string }): ReactElement {
  const [kind, setKind] = useState<HeatKind>('lines');
  const most = Math.max(0, ...(heat?.days ?? []).flatMap(({ cells }) => cells.map((cell) => cell[kind])));
  const unit = kind === 'net' ? minorUnits(currency) : 1;
  return (
    <section className="mg-card fg-heat" aria-labelledby="fg-heat" data-testid="heat">
      <h3>
        <span id="fg-heat">{t(`figures.heat.${kind}`)}</span>
        <small>{kind === 'net' ? t('figures.heatMoney', { currency }) : t('figures.heatSay')}</small>
        <span className="seg fg-seg">
          {HEATS.map((one) => (
            <button
              key={one}
              type="button"
              className="pressable"
              aria-pressed={kind === one}
              onClick={() => setKind(one)}
            >
              {t(`figures.heatPick.${one}`)}
            </button>
          ))}
        </span>
      </h3>
      {heat === null || heat.hours.length === 0 ? (
        <p className="fg-none">{heat === null ? t('figures.asking') : t('figures.noHistory')}</p>
      ) : (
        <div className="mg-table" tabIndex={0} role="region" aria-labelledby="fg-heat">
          <table dir="ltr">
            <tbody>
              {heat.days.map(({ weekday, cells }) => (
                <tr key={weekday}>
                  <th scope="row">
                    {weekdayText(new Date(MONDAY + (weekday - 1) * 86_400_000).toISOString(), 'short')}
                  </th>
                  {cells.map((cell) => {
                    const value = cell[kind] / unit;
                    const level = most === 0 ? 0 : Math.ceil((cell[kind] / most) * 6);
                    return (
                      <td key={cell.hour} className={`fg-h${value < 0.5 ? 0 : level}`}>
                        {value < 0.5 ? '' : Math.round(value)}
                      </td>
                    );
                  })}
                </tr>
              ))}
            </tbody>
            <tfoot>
              <tr>
                <td />
                {heat.hours.map((hour) => (
                  <th key={hour} scope="col">
                    {hour}
                  </th>
                ))}
              </tr>
            </tfoot>
          </table>
        </div>
      )}
    </section>
  );
}
