import { useState, type ReactElement } from 'react';
import type { ReservationView } from '../../domain/booking/entities.ts';
import { isKept, isOver } from '../../domain/booking/state.ts';
import { t } from '../i18n/words.tsx';
import { allergenName } from '../pos/modifiers.tsx';
import { AllergyIcon, NoteIcon } from '../ui/icons.tsx';
import { Num } from '../ui/marks.tsx';
import { clockText } from '../ui/time.ts';
import { Primary } from './actions.tsx';
import { type Day, findGuests, isLate, lookOf } from './day.ts';
import { useStand } from './desk.tsx';
import { tableNames } from './names.ts';
import { Proven } from './proven.tsx';
import { statusWord } from './status.ts';

type Filter = 'all' | 'coming' | 'here' | 'over';
const FILTERS = ['all', 'coming', 'here', 'over'] as const;

/** The day as a list, by time: for reading a name and tapping what comes next. */
export function ListTab({ day }: { day: Day }): ReactElement {
  const { reservations, now, zone, tables, chosen, choose } = useStand();
  const [filter, setFilter] = useState<Filter>('all');
  const [typed, setTyped] = useState('');
  // Somebody calls about "my table": the search looks at every day.
  const all = typed.trim().length >= 2 ? findGuests(reservations.values(), typed) : day.reservations;
  const shown = all.filter((one) => matches(one, filter));
  return (
    <div className="card-box list" data-testid="list">
      <div className="list-head">
        <div className="opts" role="group" aria-label={t('host.filter')}>
          {FILTERS.map((one) => (
            <button
              key={one}
              type="button"
              className="chip"
              aria-pressed={filter === one}
              onClick={() => setFilter(one)}
            >
              {t(`host.filter.${one}`)} <Num>{all.filter((two) => matches(two, one)).length}</Num>
            </button>
          ))}
        </div>
        <input
          className="field"
          type="search"
          value={typed}
          placeholder={t('host.search')}
          aria-label={t('host.search')}
          data-testid="search"
          onChange={(event) => setTyped(event.target.value)}
        />
      </div>
      {shown.length === 0 ? (
        <Proven large say={t('host.noReservations')} />
      ) : (
        <ol>
          {shown.map((one) => (
            <li
              key={one.id}
              className={`lr ${isLate(one, now) ? 'lr-late' : ''} ${chosen !== null && 'reservation' in chosen && chosen.reservation === one.id ? 'lr-chosen' : ''}`}
            >
              <button
                type="button"
                className="lr-who"
                data-testid={`row-${one.id}`}
                onClick={() => choose({ reservation: one.id })}
              >
                <b>
                  <Num>{clockText(Date.parse(one.at), zone)}</Num>
                </b>
                <b className="lr-party">
                  <Num>{one.party}</Num>
                </b>
                <span className="lr-name">
                  <strong>{one.guest?.name}</strong>
                  <small>
                    {one.guest?.phone !== undefined && <Num>{one.guest.phone}</Num>}
                    {one.allergies.length > 0 && (
                      <em>
                        <AllergyIcon stroke={2.75} /> {one.allergies.map(allergenName).join(', ')}
                      </em>
                    )}
                    {/* Last: a long note may be cut, an allergy never. */}
                    {one.notes !== undefined && (
                      <span>
                        <NoteIcon /> {one.notes}
                      </span>
                    )}
                  </small>
                </span>
                <span className="lr-table">
                  <Num>{tableNames(one.tables, tables)}</Num>
                </span>
                <span className={`lr-status word-${lookOf(one, now)}`}>{statusWord(one, now)}</span>
              </button>
              <Primary one={one} />
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

function matches(one: ReservationView, filter: Filter): boolean {
  switch (filter) {
    case 'all':
      return true;
    case 'coming':
      return isKept(one) && one.status !== 'arrived' && one.status !== 'partially_arrived';
    case 'here':
      return one.status === 'arrived' || one.status === 'partially_arrived' || one.status === 'seated';
    case 'over':
      return isOver(one);
  }
}
