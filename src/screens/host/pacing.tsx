import type { CSSProperties, ReactElement } from 'react';
import { t } from '../i18n/words.tsx';
import { Num } from '../ui/marks.tsx';
import { type Day, pacingOf } from './day.ts';
import { useStand } from './desk.tsx';

const COLUMNS = 10;

/** Covers that come at each slot, against what the kitchen can take. Above the limit is hatched, and says how many. */
export function Pacing({ day }: { day: Day }): ReactElement | null {
  const { book } = useStand();
  if (!book) return null;
  const limit = book.rules.pacing;
  const columns = pacingOf(book, day, day.now ?? day.from, COLUMNS);
  const most = Math.max(8, limit === undefined ? 0 : limit * 1.25, ...columns.map(({ covers }) => covers));
  return (
    <section className="card-box pad" aria-label={t('host.pacing')}>
      <h2>
        {t('host.pacing', { minutes: book.rules.slotMinutes })}
        {limit !== undefined && (
          <small>
            {t('host.limit')} <Num>{limit}</Num>
          </small>
        )}
      </h2>
      <div className="pac" style={{ '--limit-part': (limit ?? 0) / most } as CSSProperties}>
        {limit !== undefined && <u aria-hidden="true" />}
        {columns.map(({ at, clock, covers }) => (
          <div key={at}>
            <span className="pac-bar">
              {covers > 0 && (
                <b>
                  <Num>{covers}</Num>
                </b>
              )}
              <i
                className={limit !== undefined && covers > limit ? 'pac-over' : ''}
                style={{ blockSize: `${(covers / most) * 100}%` }}
              />
            </span>
            <small>
              <Num>{clock}</Num>
            </small>
          </div>
        ))}
        {columns.length === 0 && <p className="nothing">{t('host.closed')}</p>}
      </div>
    </section>
  );
}
