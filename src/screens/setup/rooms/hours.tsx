import { useId, useState, type ReactElement } from 'react';
import { localeOf } from '../../i18n/language.ts';
import { currentLanguage, t } from '../../i18n/words.tsx';
import { Button } from '../../ui/button.tsx';
import { CloseIcon, PlusIcon } from '../../ui/icons.tsx';
import { type Path, listOf, valueAt, wordsOf } from '../doc.ts';
import { SaidAt, testIdOf } from '../fields.tsx';
import { useHouse } from '../house.tsx';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
/** 2024 began on a Monday. */
const dayName = (index: number): string =>
  new Intl.DateTimeFormat(localeOf(currentLanguage()), { weekday: 'long', timeZone: 'UTC' }).format(
    Date.UTC(2024, 0, 1 + index),
  );

/** First and last time at which a party may come, by weekday. */
export function Hours(): ReactElement {
  const { doc, keeper } = useHouse();
  const isSet = valueAt(doc, ['booking', 'hours']) !== undefined;
  return (
    <section className="st-card">
      <h2>{t('place.hours')}</h2>
      <p>{t(isSet ? 'place.hoursSay' : 'place.noHours')}</p>
      {!isSet && (
        <Button
          look="edge"
          onPress={() =>
            keeper.edit(
              ['booking', 'hours'],
              Object.fromEntries(DAYS.map((day) => [day, [{ first: '12:00', last: '21:30' }]])),
            )
          }
          testId="set-hours"
        >
          {t('place.setHours')}
        </Button>
      )}
      {isSet && (
        <>
          <ul className="st-days">
            {DAYS.map((day, index) => (
              <li key={day} data-path={`booking.hours.${day}`}>
                <b>{dayName(index)}</b>
                <Periods path={['booking', 'hours', day]} name={dayName(index)} />
              </li>
            ))}
          </ul>
          <Button look="edge" onPress={() => keeper.edit(['booking', 'hours'], undefined)}>
            {t('place.anyHour')}
          </Button>
        </>
      )}
    </section>
  );
}

const MOST_PERIODS = 4;

/** The times of one day; none: closed. */
function Periods({ path, name }: { path: Path; name: string }): ReactElement {
  const { doc, keeper } = useHouse();
  const periods = listOf(doc, path);
  return (
    <>
      {periods.length === 0 && <span className="st-closed">{t('place.closed')}</span>}
      {periods.map((_one, index) => (
        <span className="st-period" key={index}>
          <WallTime path={[...path, index, 'first']} label={t('place.first', { day: name })} />
          –
          <WallTime path={[...path, index, 'last']} label={t('place.last', { day: name })} />
          <Button
            look="plain"
            label={t('place.dropPeriod', { day: name })}
            onPress={() => keeper.edit([...path, index], undefined)}
          >
            <CloseIcon />
          </Button>
        </span>
      ))}
      {periods.length < MOST_PERIODS && (
        <Button
          look="plain"
          label={t('place.addPeriod', { day: name })}
          onPress={() => keeper.edit([...path, periods.length], { first: '18:00', last: '21:30' })}
        >
          <PlusIcon />
        </Button>
      )}
    </>
  );
}

function WallTime({ path, label }: { path: Path; label: string }): ReactElement {
  const { doc, keeper } = useHouse();
  const said = useId();
  return (
    <span data-path={path.join('.')}>
      <input
        type="time"
        className="field st-time"
        aria-label={label}
        aria-describedby={said}
        value={wordsOf(doc, path)}
        data-testid={testIdOf(path)}
        onChange={({ target }) => keeper.edit(path, target.value)}
      />
      <SaidAt path={path} id={said} />
    </span>
  );
}

/** Days that are not like their weekday. */
export function Exceptions(): ReactElement {
  const { doc, keeper } = useHouse();
  const [day, setDay] = useState('');
  const path: Path = ['booking', 'exceptions'];
  const days = listOf(doc, path);
  const isThere = days.some((one) => wordsOf(one, ['day']) === day);
  const written = new Intl.DateTimeFormat(localeOf(currentLanguage()), {
    dateStyle: 'full',
    timeZone: 'UTC',
  });
  const nameOfDay = (one: string): string =>
    Number.isNaN(Date.parse(one)) ? one : written.format(Date.parse(one));
  return (
    <section className="st-card">
      <h2>{t('place.exceptions')}</h2>
      <p>{t('place.exceptionsSay')}</p>
      {days.length > 0 && (
        <ul className="st-days">
          {days.map((one, index) => {
            const name = nameOfDay(wordsOf(one, ['day']));
            return (
              <li key={wordsOf(one, ['day'])} data-testid="exception" data-path={[...path, index].join('.')}>
                <b>{name}</b>
                <Periods path={[...path, index, 'periods']} name={name} />
                <input
                  className="field st-reason"
                  dir="auto"
                  aria-label={t('place.reason', { day: name })}
                  placeholder={t('place.reasonSay')}
                  maxLength={80}
                  value={wordsOf(one, ['reason'])}
                  onChange={({ target }) =>
                    keeper.edit([...path, index, 'reason'], target.value === '' ? undefined : target.value)
                  }
                />
                <Button look="plain" onPress={() => keeper.edit([...path, index], undefined)}>
                  {t('entry.remove')}
                </Button>
                <SaidAt path={[...path, index]} />
              </li>
            );
          })}
        </ul>
      )}
      <form
        className="st-add"
        onSubmit={(event) => {
          event.preventDefault();
          if (day === '' || isThere) return;
          const next = [...days, { day, periods: [] }];
          keeper.edit(
            path,
            next.toSorted((a, b) => (wordsOf(a, ['day']) < wordsOf(b, ['day']) ? -1 : 1)),
          );
          setDay('');
        }}
      >
        <input
          type="date"
          className="field"
          aria-label={t('place.exceptionDay')}
          value={day}
          data-testid="exception-day"
          onChange={({ target }) => setDay(target.value)}
        />
        <button
          type="submit"
          className="btn btn-edge"
          disabled={day === '' || isThere}
          data-testid="exception-add"
        >
          {t('place.addException')}
        </button>
      </form>
    </section>
  );
}
