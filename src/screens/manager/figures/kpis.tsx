import { TrendingDown, TrendingUp } from 'lucide-react';
import type { ReactElement } from 'react';
import { currentLanguage, t } from '../../i18n/words.tsx';
import { localeOf } from '../../i18n/language.ts';
import { moneyText } from '../../ui/money.ts';
import { Kpi } from '../kpi.tsx';
import { type Figures, change, lateShare } from './figures.ts';

/** Five figures, each beside what it was on the same weekday before. */

export function KpiRow({ figures }: { figures: Figures }): ReactElement {
  const { now, before, currency, heard } = figures;
  const all = heard.find(({ station }) => station === null);
  const [share, shareBefore] = [lateShare(now), figures.isCompared ? lateShare(before) : null];
  const money = (minor: number | null): string => (minor === null ? '–' : moneyText(minor, currency));
  return (
    <div className="mg-figures" data-testid="figures-kpis">
      <Kpi
        name={t('figures.net')}
        value={money(now.net)}
        testId="kpi-net"
        say={<Than figures={figures} change={change(now.net, before.net)} />}
      />
      <Kpi
        name={t('figures.orders')}
        value={countText(now.orders)}
        testId="kpi-orders"
        say={<Than figures={figures} change={change(now.orders, before.orders)} />}
      />
      <Kpi
        name={t('figures.average')}
        value={money(now.average)}
        say={<Than figures={figures} change={change(now.average, before.average)} />}
      />
      <Kpi
        name={t('figures.late')}
        value={share === null ? '–' : percentText(share)}
        testId="kpi-late-share"
        say={
          share === null || shareBefore === null ? (
            t('figures.lateOf', { late: now.late, fires: now.judged })
          ) : (
            <Trend
              up={share > shareBefore}
              words={t(share > shareBefore ? 'figures.pointsWorse' : 'figures.pointsBetter', {
                points: (Math.abs(share - shareBefore) * 100).toFixed(1),
              })}
            />
          )
        }
      />
      <Kpi
        name={t('figures.heard')}
        value={all?.p90 === null || all === undefined ? '–' : secondsText(all.p90)}
        say={
          all === undefined || all.p50 === null || all.p99 === null
            ? t('figures.heardNone')
            : t('figures.heardSay', { p50: secondsText(all.p50), p99: secondsText(all.p99) })
        }
      />
    </div>
  );
}

function Than({ figures, change: share }: { figures: Figures; change: number | null }): ReactElement {
  if (share === null || !figures.isCompared) return <>{t('figures.nothingBefore')}</>;
  const percent = Math.round(Math.abs(share) * 100);
  const values = { percent, day: beforeText(figures) };
  if (percent === 0) return <>{t('figures.same', values)}</>;
  return <Trend up={share > 0} words={t(share > 0 ? 'figures.more' : 'figures.less', values)} />;
}

function Trend({ up, words }: { up: boolean; words: string }): ReactElement {
  const Icon = up ? TrendingUp : TrendingDown;
  return (
    <span className="fg-trend">
      <Icon className="i" strokeWidth={2.25} aria-hidden="true" focusable="false" />
      {words}
    </span>
  );
}

/** The days that are compared with: `last Sunday`, or how many days before. */
export function beforeText({ from, to, beforeFrom, today }: Figures): string {
  const days = (Date.parse(to) - Date.parse(from)) / 86_400_000 + 1;
  if (days > 1) return t('figures.daysBefore', { days });
  const weekday = weekdayText(beforeFrom, 'long');
  return Date.parse(today) - Date.parse(beforeFrom) <= 7 * 86_400_000
    ? t('figures.lastDay', { weekday })
    : t('figures.weekBefore', { weekday });
}

export function weekdayText(day: string, length: 'long' | 'short'): string {
  return new Intl.DateTimeFormat(localeOf(currentLanguage()), { weekday: length, timeZone: 'UTC' }).format(
    Date.parse(day),
  );
}

export function countText(count: number): string {
  return new Intl.NumberFormat(localeOf(currentLanguage())).format(count);
}

export function percentText(share: number): string {
  return t('figures.percent', { percent: (share * 100).toFixed(1) });
}

/** `0.2 s`, from ten on without the tenth. */
export function secondsText(seconds: number): string {
  return t('figures.seconds', { seconds: seconds < 10 ? seconds.toFixed(1) : Math.round(seconds) });
}
