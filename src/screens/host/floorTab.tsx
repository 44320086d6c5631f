import type { ReactElement } from 'react';
import type { TableView } from '../../domain/entities.ts';
import { t } from '../i18n/words.tsx';
import { Num } from '../ui/marks.tsx';
import { PeopleIcon } from '../ui/tabletIcons.tsx';
import { ageText, clockText } from '../ui/time.ts';
import { isSoon } from './day.ts';
import { useStand } from './desk.tsx';

/** The room by section: who sits where, for how long, and whose table comes next. */
export function FloorTab(): ReactElement {
  const { tables } = useStand();
  const sections = new Map<string, TableView[]>();
  for (const table of [...tables.values()].toSorted((a, b) =>
    a.shape === b.shape ? a.name.localeCompare(b.name, 'en', { numeric: true }) : a.shape === 'bar' ? 1 : -1,
  )) {
    const key = table.section ?? '';
    sections.set(key, [...(sections.get(key) ?? []), table]);
  }
  return (
    <div className="card-box rooms" data-testid="rooms">
      {[...sections].map(([name, list]) => (
        <section key={name}>
          <h2>{name === '' ? t('host.room') : name}</h2>
          <div className="rooms-tiles">
            {list.map((table) => (
              <Tile key={table.id} table={table} />
            ))}
          </div>
        </section>
      ))}
    </div>
  );
}

function Tile({ table }: { table: TableView }): ReactElement {
  const { reservations, now, zone, chosen, choose } = useStand();
  const own = table.reservation === undefined ? undefined : reservations.get(table.reservation);
  const isTaken = table.status !== 'free' && table.status !== 'dirty' && table.status !== 'blocked';
  const soon = isSoon(table, now);
  const isChosen = chosen !== null && 'table' in chosen && chosen.table === table.id;
  const word = soon && table.status === 'free' ? t('host.table.reserved') : t(`host.table.${table.status}`);
  return (
    <button
      type="button"
      className={`rt rt-${table.status} ${isTaken ? 'rt-taken' : ''} ${soon && !isTaken ? 'rt-soon' : ''} ${isChosen ? 'rt-chosen' : ''}`}
      aria-pressed={isChosen}
      data-testid={`table-${table.id}`}
      data-status={table.status}
      onClick={() => choose(isChosen ? null : { table: table.id })}
    >
      <span className="rt-top">
        <b>
          <Num>{table.name}</Num>
        </b>
        <small>
          <PeopleIcon />
          <Num>{isTaken ? `${table.covers ?? 0}/${table.seats}` : table.seats}</Num>
        </small>
      </span>
      <strong>
        {table.joined !== undefined ? t('host.joined', { table: table.joined }) : (own?.guest?.name ?? word)}
        {isTaken && table.since !== undefined && (
          <small>
            <Num>{ageText(now - Date.parse(table.since))}</Num>
          </small>
        )}
      </strong>
      {table.reserved && (
        <span className="rt-next">
          <Num>{clockText(Date.parse(table.reserved.at), zone)}</Num> <Num>{table.reserved.party}</Num>{' '}
          {table.reserved.name}
        </span>
      )}
    </button>
  );
}
