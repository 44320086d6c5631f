import { useState, type ReactElement } from 'react';
import type { ReservationView } from '../../domain/booking/entities.ts';
import { isKept } from '../../domain/booking/state.ts';
import { t } from '../i18n/words.tsx';
import { AllergyIcon } from '../ui/icons.tsx';
import { Num } from '../ui/marks.tsx';
import { clockText } from '../ui/time.ts';
import { Primary } from './actions.tsx';
import { inFront } from './calls/board.ts';
import { CallCard } from './calls/callCard.tsx';
import { LineStrip } from './calls/lineStrip.tsx';
import { ToDoBar } from './calls/tasks.tsx';
import type { Draft } from './bookSheet.tsx';
import { isLate, lookOf } from './day.ts';
import { useStand } from './desk.tsx';
import { tableNames } from './names.ts';
import { EntryPanel, ReservationPanel, TablePanel } from './panels.tsx';
import { Proven } from './proven.tsx';
import { statusWord } from './status.ts';

/** The end side: whoever was tapped; nobody: the call that is going on; none: who comes next. */
export function Side(props: {
  onToDo: () => void;
  onShow: (reservation: ReservationView) => void;
  onMove: (reservation: string) => void;
  onEdit: (one: ReservationView) => void;
  onSeatHere: (table: string) => void;
  onBook: (draft: Draft) => void;
}): ReactElement {
  const { chosen, choose, reservations, entries, tables, calls, now } = useStand();
  const [putAway, setPutAway] = useState<ReadonlySet<string>>(new Set());
  const one = chosen && 'reservation' in chosen ? reservations.get(chosen.reservation) : undefined;
  const entry = chosen && 'entry' in chosen ? entries.get(chosen.entry) : undefined;
  const table = chosen && 'table' in chosen ? tables.get(chosen.table) : undefined;
  if (one)
    return (
      <ReservationPanel one={one} onMove={() => props.onMove(one.id)} onEdit={() => props.onEdit(one)} />
    );
  if (entry) return <EntryPanel entry={entry} />;
  if (table) return <TablePanel table={table} onSeatHere={() => props.onSeatHere(table.id)} />;
  const picked = chosen && 'call' in chosen ? (calls.get(chosen.call) ?? null) : null;
  const call = picked ?? inFront(calls.values(), now, putAway);
  if (call)
    return (
      <aside className={`sd ${picked ? 'sd-open' : ''}`} aria-label={t('calls.board')}>
        <LineStrip shown={call.id} />
        <CallCard
          key={call.id}
          call={call}
          onShow={props.onShow}
          onAway={() => {
            setPutAway((before) => new Set(before).add(call.id));
            choose(null);
          }}
        />
        <ToDoBar onOpen={props.onToDo} />
      </aside>
    );
  return (
    <aside className="sd" aria-label={t('host.next')}>
      <Arrivals />
      <ToDoBar onOpen={props.onToDo} />
    </aside>
  );
}

/** Who comes in the next hours, whoever is overdue first. */
function Arrivals(): ReactElement {
  const { reservations, now, zone, tables, choose } = useStand();
  const soon = [...reservations.values()]
    .filter((one) => isKept(one) && Date.parse(one.at) - now < 2 * 3_600_000)
    .toSorted((a, b) => (a.at < b.at ? -1 : 1));
  return (
    <>
      <header className="sd-head">
        <h2>{t('host.next')}</h2>
      </header>
      <div className="sd-body">
        {soon.length === 0 && <Proven large say={t('host.nobodyNext')} />}
        <ol>
          {soon.map((one) => (
            <li key={one.id} className={`ar ${isLate(one, now) ? 'ar-late' : ''}`}>
              <button type="button" className="ar-who" onClick={() => choose({ reservation: one.id })}>
                <b>
                  <Num>{clockText(Date.parse(one.at), zone)}</Num>
                </b>
                <span>
                  <strong>
                    <Num>{one.party}</Num> {one.guest?.name}
                    {one.allergies.length > 0 && (
                      <>
                        {' '}
                        <AllergyIcon className="rs-allergy" stroke={2.75} />
                        <span className="sr-only">{t('tile.allergy')}</span>
                      </>
                    )}
                  </strong>
                  <small>
                    <span className={`word-${lookOf(one, now)}`}>{statusWord(one, now)}</span> ·{' '}
                    <Num>{tableNames(one.tables, tables)}</Num>
                  </small>
                </span>
              </button>
              <Primary one={one} />
            </li>
          ))}
        </ol>
      </div>
    </>
  );
}
