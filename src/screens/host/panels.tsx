import type { ReactElement, ReactNode } from 'react';
import type { ReservationView, WaitlistView } from '../../domain/booking/entities.ts';
import type { TableView } from '../../domain/entities.ts';
import { isKept } from '../../domain/booking/state.ts';
import { t } from '../i18n/words.tsx';
import { allergenName } from '../pos/modifiers.tsx';
import { Button } from '../ui/button.tsx';
import { AllergyIcon, CloseIcon, SeatIcon } from '../ui/icons.tsx';
import { Num } from '../ui/marks.tsx';
import { CleanIcon } from '../ui/tabletIcons.tsx';
import { ageText, clockText } from '../ui/time.ts';
import { OtherActs, Primary } from './actions.tsx';
import { OnPhoneIcon } from './calls/icons.tsx';
import { LineStrip } from './calls/lineStrip.tsx';
import { isMissing, lookOf } from './day.ts';
import { useStand } from './desk.tsx';
import { tableNames } from './names.ts';
import { statusWord, waitWord } from './status.ts';
import { NextStep } from './waitlist.tsx';

/** Whoever was tapped: all that is known of them, and what can be done. */

function Panel(props: {
  title: ReactNode;
  sub: ReactNode;
  children: ReactNode;
  foot: ReactNode;
}): ReactElement {
  const { choose } = useStand();
  return (
    <aside className="sd sd-open" data-testid="panel">
      <LineStrip />
      <header className="sd-head">
        <div className="grow">
          <h2>{props.title}</h2>
          <p>{props.sub}</p>
        </div>
        <Button className="btn-square" label={t('act.close')} onPress={() => choose(null)}>
          <CloseIcon />
        </Button>
      </header>
      <div className="sd-body">{props.children}</div>
      <footer className="sd-foot">{props.foot}</footer>
    </aside>
  );
}

export function ReservationPanel({
  one,
  onMove,
  onEdit,
}: {
  one: ReservationView;
  onMove: () => void;
  onEdit: () => void;
}): ReactElement {
  const { now, zone, tables } = useStand();
  const at = Date.parse(one.at);
  return (
    <Panel
      title={one.guest?.name ?? ''}
      sub={
        <>
          {t('host.people', { count: one.party })} · <Num>{clockText(at, zone)}</Num>–
          <Num>{clockText(at + one.minutes * 60_000, zone)}</Num> ·{' '}
          <Num>{tableNames(one.tables, tables)}</Num>
        </>
      }
      foot={
        <>
          <Primary one={one} wide />
          <OtherActs one={one} onMove={onMove} onEdit={onEdit} />
        </>
      }
    >
      {one.allergies.length > 0 && (
        <p className="alb">
          <AllergyIcon />
          {one.allergies.map(allergenName).join(' · ')}
        </p>
      )}
      {isMissing(one, now) && <p className="ask">{t('host.missingSay')}</p>}
      <dl>
        <dt>{t('host.state')}</dt>
        <dd className={`word-${lookOf(one, now)}`} data-testid="status">
          {statusWord(one, now)}
          {one.status === 'held' && one.until !== undefined && (
            <>
              {' '}
              <Num>{ageText(Date.parse(one.until) - now)}</Num>
            </>
          )}
        </dd>
        {one.guest?.phone !== undefined && (
          <>
            <dt>{t('host.phone')}</dt>
            <dd>
              <Num>{one.guest.phone}</Num>
            </dd>
          </>
        )}
        {one.notes !== undefined && (
          <>
            <dt>{t('host.notes')}</dt>
            <dd>{one.notes}</dd>
          </>
        )}
        {one.reason !== undefined && (
          <>
            <dt>{t('host.reason')}</dt>
            <dd>{one.reason}</dd>
          </>
        )}
        <dt>{t('host.made')}</dt>
        <dd>
          <Num>{clockText(Date.parse(one.madeAt), zone)}</Num>
          {one.madeBy !== undefined && <> · {one.madeBy}</>}
          {one.call !== undefined && <> · {t('host.byPhone')}</>}
          <ToCall call={one.call} />
        </dd>
        {one.arrivedAt !== undefined && (
          <>
            <dt>{t('host.arrived')}</dt>
            <dd>
              <Num>{clockText(Date.parse(one.arrivedAt), zone)}</Num>
            </dd>
          </>
        )}
        {one.seatedAt !== undefined && (
          <>
            <dt>{t('host.seated')}</dt>
            <dd>
              <Num>{clockText(Date.parse(one.seatedAt), zone)}</Num>
            </dd>
          </>
        )}
      </dl>
    </Panel>
  );
}

/** The call in which it was made, while the house still knows it. */
function ToCall({ call }: { call: string | undefined }): ReactElement | null {
  const { calls, choose } = useStand();
  if (call === undefined || !calls.has(call)) return null;
  return (
    <Button className="btn-small to-call" testId="to-call" onPress={() => choose({ call })}>
      <OnPhoneIcon />
      {t('calls.toCall')}
    </Button>
  );
}

export function EntryPanel({ entry }: { entry: WaitlistView }): ReactElement {
  const { now, zone, act, choose } = useStand();
  const { id, version, status } = entry;
  const waits = status === 'waiting' || status === 'notified' || status === 'checked_in';
  return (
    <Panel
      title={entry.guest.name}
      sub={
        <>
          {t('host.people', { count: entry.party })} · {waitWord(entry)}
        </>
      }
      foot={
        waits ? (
          <>
            <NextStep entry={entry} wide />
            <div className="acts">
              {status !== 'checked_in' && (
                <Button onPress={() => void act('waitlist.checkIn', { entry: id, version })}>
                  {t('host.act.here')}
                </Button>
              )}
              <Button
                look="edge"
                onPress={() => {
                  choose(null);
                  void act('waitlist.noShow', { entry: id, version });
                }}
              >
                {t('host.act.gone')}
              </Button>
              <Button
                look="edge"
                onPress={() => {
                  choose(null);
                  void act('waitlist.cancel', { entry: id, by: 'guest', version });
                }}
              >
                {t('host.act.noLonger')}
              </Button>
            </div>
          </>
        ) : null
      }
    >
      <dl>
        <dt>{t('host.quoted')}</dt>
        <dd>{t('host.minutes', { count: entry.quote })}</dd>
        <dt>{t('host.waits')}</dt>
        <dd>
          {entry.waited === undefined ? (
            <Num>{ageText(now - Date.parse(entry.addedAt))}</Num>
          ) : (
            t('host.minutes', { count: entry.waited })
          )}
        </dd>
        {entry.guest.phone !== undefined && (
          <>
            <dt>{t('host.phone')}</dt>
            <dd>
              <Num>{entry.guest.phone}</Num>
            </dd>
          </>
        )}
        {entry.notifiedAt !== undefined && (
          <>
            <dt>{t('host.told')}</dt>
            <dd>
              <Num>{clockText(Date.parse(entry.notifiedAt), zone)}</Num>
            </dd>
          </>
        )}
        {entry.lapses > 0 && (
          <>
            <dt>{t('host.lapses')}</dt>
            <dd>
              <Num>{entry.lapses}</Num>
            </dd>
          </>
        )}
        {entry.notes !== undefined && (
          <>
            <dt>{t('host.notes')}</dt>
            <dd>{entry.notes}</dd>
          </>
        )}
      </dl>
    </Panel>
  );
}

export function TablePanel({
  table,
  onSeatHere,
}: {
  table: TableView;
  onSeatHere: () => void;
}): ReactElement {
  const { reservations, now, zone, act, choose } = useStand();
  const own = table.reservation === undefined ? undefined : reservations.get(table.reservation);
  const next = [...reservations.values()]
    .filter((one) => isKept(one) && one.tables.includes(table.id))
    .toSorted((a, b) => (a.at < b.at ? -1 : 1))
    .slice(0, 6);
  const since = table.since === undefined ? null : Date.parse(table.since);
  const isTaken = table.status !== 'free' && table.status !== 'dirty' && table.status !== 'blocked';
  return (
    <Panel
      title={<Num>{table.name}</Num>}
      sub={
        <>
          {t('host.seats', { count: table.seats })} · {t(`host.table.${table.status}`)}
          {since !== null && table.status !== 'free' && (
            <>
              {' '}
              <Num>{ageText(now - since)}</Num>
            </>
          )}
        </>
      }
      foot={
        <div className="acts">
          {table.status === 'free' && (
            <Button look="main" onPress={onSeatHere} testId="seat-here">
              <SeatIcon />
              {t('host.seatWalkIn')}
            </Button>
          )}
          {(table.status === 'dirty' || table.status === 'blocked' || isTaken) && (
            <Button
              testId="clear-table"
              onPress={() => void act('table.clear', { table: table.id, version: table.version })}
            >
              <CleanIcon />
              {t(
                isTaken ? 'host.act.clear' : table.status === 'dirty' ? 'host.act.clean' : 'host.act.unblock',
              )}
            </Button>
          )}
          {table.status === 'free' && (
            <Button
              look="edge"
              onPress={() =>
                void act(
                  'table.block',
                  { table: table.id, reason: t('host.blockedReason'), version: table.version },
                  { undo: () => void act('table.clear', { table: table.id }), say: t('host.table.blocked') },
                )
              }
            >
              {t('host.act.block')}
            </Button>
          )}
        </div>
      }
    >
      {own && (
        <button type="button" className="ar-who" onClick={() => choose({ reservation: own.id })}>
          <SeatIcon />
          <span>
            <strong>
              <Num>{own.party}</Num> {own.guest?.name}
            </strong>
            <small>{statusWord(own, now)}</small>
          </span>
        </button>
      )}
      <h3>{t('host.comesHere')}</h3>
      {next.length === 0 && <p className="nothing">{t('host.nobodyNext')}</p>}
      <ol>
        {next.map((one) => (
          <li key={one.id} className="ar">
            <button type="button" className="ar-who" onClick={() => choose({ reservation: one.id })}>
              <b>
                <Num>{clockText(Date.parse(one.at), zone)}</Num>
              </b>
              <span>
                <strong>
                  <Num>{one.party}</Num> {one.guest?.name}
                </strong>
                <small className={`word-${lookOf(one, now)}`}>{statusWord(one, now)}</small>
              </span>
            </button>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
