import { useState, type ReactElement } from 'react';
import { useHeard } from '../../../sdk/react/hooks.ts';
import { figuresWords } from '../../i18n/figuresWords.ts';
import { t } from '../../i18n/words.tsx';
import { Button } from '../../ui/button.tsx';
import { Num } from '../../ui/marks.tsx';
import { exactText } from '../../ui/time.ts';
import type { Room, RoomProps } from '../rooms.tsx';
import type { Range } from './figures.ts';
import { KpiRow } from './kpis.tsx';
import { Channels, HoursChart, Items } from './sales.tsx';
import { useFigures, useHeat, useReportFile } from './useFigures.ts';
import { Dishes, HeardTable, HeatMap, PrepTimes, TakenBack } from './work.tsx';
import './figures.css';

/** What was sold and how the kitchen did, for a day or for some weeks, beside the same days before. */

const RANGES = ['today', 'yesterday', 'week', 'month'] as const;
const FILES = [
  'sales-by-hour',
  'sales-by-channel',
  'sales-by-item',
  'preparation',
  'preparation-by-item',
  'preparation-by-hour',
  'late-tickets',
  'order-to-heard',
  'corrections',
  'heat',
] as const;

function FiguresRoom({ zone, view }: RoomProps): ReactElement {
  const [range, setRange] = useState<Range>('today');
  const { serverNow } = useHeard();
  const asked = useFigures(range, view.pos, serverNow);
  const figures = asked.state === 'shown' ? asked.figures : null;
  const heat = useHeat(figures?.today ?? null);
  const names = new Map([...view.entities.station.values()].map(({ id, name }) => [id, name]));
  return (
    <div className="fg">
      <h1 className="sr-only">{t('figures.title')}</h1>
      <div className="fg-bar-row">
        <div className="seg fg-seg" role="group" aria-label={t('figures.days')}>
          {RANGES.map((one) => (
            <button
              key={one}
              type="button"
              className="pressable"
              aria-pressed={range === one}
              data-testid={`range-${one}`}
              onClick={() => setRange(one)}
            >
              {t(`figures.range.${one}`)}
            </button>
          ))}
        </div>
        <label className="fg-day">
          <span>{t('figures.aDay')}</span>
          <input
            className="field"
            type="date"
            dir="ltr"
            max={figures?.today}
            value={typeof range === 'object' ? range.day : ''}
            data-testid="range-day"
            onChange={({ target }) => setRange(target.value === '' ? 'today' : { day: target.value })}
          />
        </label>
        <Files range={range} today={figures?.today ?? ''} />
        <p className="fg-at" role="status" data-testid="figures-at">
          {asked.state === 'shown' && (
            <>
              {asked.figures.to >= asked.figures.today ? t('figures.liveAt') : t('figures.asOf')}{' '}
              <Num>{exactText(asked.at, zone)}</Num>
            </>
          )}
        </p>
      </div>
      {asked.state === 'shown' && asked.failed && (
        <p className="mg-stale" role="alert">
          {t('figures.stale', { time: exactText(asked.at, zone) })}
        </p>
      )}
      {asked.state === 'failed' && (
        <div className="mg-card fg-failed" role="alert">
          <p>{asked.why === '' ? t('figures.noAnswer') : asked.why}</p>
          <Button look="main" onPress={asked.again}>
            {t('figures.again')}
          </Button>
        </div>
      )}
      {asked.state === 'asking' && (
        <p className="fg-asking" role="status">
          {t('figures.asking')}
        </p>
      )}
      {figures !== null && (
        <>
          {figures.now.orders === 0 && figures.before.orders === 0 && (
            <p className="mg-card fg-empty" data-testid="figures-empty">
              {figures.from <= figures.today && figures.to >= figures.today
                ? t('figures.emptyToday')
                : t('figures.emptyDay')}
            </p>
          )}
          <KpiRow figures={figures} />
          <div className="fg-two">
            <HoursChart figures={figures} />
            <PrepTimes figures={figures} names={names} />
          </div>
          <div className="fg-three">
            <Channels figures={figures} />
            <Items figures={figures} />
            <TakenBack figures={figures} />
          </div>
          <div className="fg-two">
            <HeatMap heat={heat} currency={figures.currency} />
            <Dishes figures={figures} names={names} />
          </div>
          <div className="fg-two">
            <HeardTable figures={figures} names={names} />
          </div>
        </>
      )}
    </div>
  );
}

/** A report to take away. */
function Files({ range, today }: { range: Range; today: string }): ReactElement {
  const save = useReportFile();
  const [name, setName] = useState<(typeof FILES)[number]>('sales-by-hour');
  const [failed, setFailed] = useState(false);
  return (
    <div className="fg-files">
      <label>
        <span className="sr-only">{t('figures.report')}</span>
        <select
          className="field"
          value={name}
          onChange={({ target }) => setName(FILES.find((one) => one === target.value) ?? 'sales-by-hour')}
        >
          {FILES.map((one) => (
            <option key={one} value={one}>
              {t(`figures.file.${one}`)}
            </option>
          ))}
        </select>
      </label>
      <Button
        testId="figures-csv"
        disabled={today === ''}
        onPress={() => void save(name, range, today).then((done) => setFailed(!done))}
      >
        {t('figures.csv')}
      </Button>
      {failed && (
        <span className="mg-said" role="alert">
          {t('figures.noAnswer')}
        </span>
      )}
    </div>
  );
}

export const room: Room = { Room: FiguresRoom, words: figuresWords };
