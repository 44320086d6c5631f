import { useEffect, useRef, useState, type CSSProperties, type PointerEvent, type ReactElement } from 'react';
import type { ReservationView } from '../../domain/booking/entities.ts';
import { isLive } from '../../domain/call/state.ts';
import { MINUTE_MS } from '../../domain/zone.ts';
import { t } from '../i18n/words.tsx';
import { AllergyIcon } from '../ui/icons.tsx';
import { Num } from '../ui/marks.tsx';
import { ageText, clockText } from '../ui/time.ts';
import { OnPhoneIcon } from './calls/icons.tsx';
import { type Bar, type Day, type Row, minutesLate, snap } from './day.ts';
import { useStand } from './desk.tsx';
import { statusWord } from './status.ts';

/** Rows are tables, the grid is a quarter of an hour, the line of now lies behind the bookings. */

const HOUR = 60 * MINUTE_MS;
/** Wide enough to read a name on a bar of a table for two. */
const HOUR_PX = 130;
const HEAD_PX = 64;
/** Nearer to now than this, an hour's name would lie under the clock. */
const NEAR = 20 * MINUTE_MS;
/** Further than a shaky hand moves. */
const DRAG_PX = 12;

export function Timeline(props: {
  day: Day;
  /** The next tap says where this one goes. */
  moving: ReservationView | null;
  onPlace: (table: string, at: number, one: ReservationView | null) => void;
  onTable: (table: string) => void;
}): ReactElement {
  const { day, moving, onPlace } = props;
  const { book, zone } = useStand();
  const box = useRef<HTMLDivElement>(null);
  const span = day.to - day.from;
  const share = (at: number): number => Math.min(1, Math.max(0, (at - day.from) / span)) * 100;
  const width = HEAD_PX + (span / HOUR) * HOUR_PX;
  const around = day.now ?? day.from;
  const start = useRef({ around, from: day.from, span });

  // The evening begins where it stands, not at noon.
  useEffect(() => {
    const node = box.current;
    if (!node) return;
    const { around: at, from, span: all } = start.current;
    const track = node.scrollWidth - HEAD_PX;
    // Cut between two hours, so that no hour's name is cut in two.
    const hour = Math.floor((at - 0.75 * HOUR - from) / HOUR) * HOUR;
    const offset = (hour / all) * track - HOUR_PX * 0.3;
    node.scrollLeft = Math.max(0, offset) * (getComputedStyle(node).direction === 'rtl' ? -1 : 1);
  }, []);

  /** Where on the clock a point of a track lies. */
  const timeAt = (track: HTMLElement, x: number): number => {
    const { left, right } = track.getBoundingClientRect();
    const isRtl = getComputedStyle(track).direction === 'rtl';
    const part = (isRtl ? right - x : x - left) / (right - left);
    return day.from + part * span;
  };
  const slotAt = (at: number): number => (book ? snap(book, day.day, at) : at);

  return (
    <div className="tl card-box" ref={box} data-testid="timeline">
      <div className={`tl-in ${moving ? 'tl-moving' : ''}`} style={{ minInlineSize: `${width}px` }}>
        <div className="tl-axis" aria-hidden="true">
          {day.hours
            .filter(({ at }) => day.now === null || Math.abs(at - day.now) > NEAR)
            .map(({ at, clock }) => (
              <span key={at} style={{ insetInlineStart: `${share(at)}%` }}>
                <Num>{clock}</Num>
              </span>
            ))}
          {day.now !== null && (
            <b style={{ insetInlineStart: `${share(day.now)}%` }}>
              <Num>{clockText(day.now, zone)}</Num>
            </b>
          )}
        </div>
        <div
          className="tl-grid"
          aria-hidden="true"
          style={{ '--quarter': `${((15 * MINUTE_MS) / span) * 100}%` } as CSSProperties}
        >
          {day.hours.map(({ at }) => (
            <i key={at} style={{ insetInlineStart: `${share(at)}%` }} />
          ))}
          {day.now !== null && (
            <i className="tl-now" data-testid="now" style={{ insetInlineStart: `${share(day.now)}%` }} />
          )}
        </div>
        {day.rows.map((row) => (
          <TableRow
            key={row.table.id}
            row={row}
            share={share}
            moving={moving}
            timeAt={timeAt}
            onTable={() => props.onTable(row.table.id)}
            onPlace={(table, at, one) => onPlace(table, slotAt(at), one)}
          />
        ))}
      </div>
      {day.rows.length === 0 && <p className="nothing">{t('host.noTables')}</p>}
      {!day.isOpen && <p className="tl-closed">{t('host.closed')}</p>}
    </div>
  );
}

function TableRow(props: {
  row: Row;
  share: (at: number) => number;
  moving: ReservationView | null;
  timeAt: (track: HTMLElement, x: number) => number;
  onTable: () => void;
  onPlace: (table: string, at: number, one: ReservationView | null) => void;
}): ReactElement {
  const { row, share, moving } = props;
  const { table } = row;
  const track = useRef<HTMLDivElement>(null);
  return (
    <div className="tl-row" data-table={table.id}>
      <button type="button" className="tl-head" onClick={props.onTable}>
        <b>
          <Num>{table.name}</Num>
        </b>
        <small>
          <span className="sr-only">{t('host.seats', { count: table.seats })}</span>
          <Num>{table.seats}</Num>
        </small>
      </button>
      <div
        className="tl-track"
        ref={track}
        role="presentation"
        onClick={(event) => {
          if (event.target !== event.currentTarget) return;
          // Booked from the beginning of a party's time, moved by its middle: a finger aims at what it sees.
          const at = props.timeAt(event.currentTarget, event.clientX);
          props.onPlace(table.id, moving ? at : at - 7 * MINUTE_MS, null);
        }}
      >
        {row.bars.map((bar) => (
          <BarButton
            key={bar.key}
            bar={bar}
            table={table.id}
            share={share}
            timeAt={props.timeAt}
            onPlace={props.onPlace}
          />
        ))}
      </div>
    </div>
  );
}

type Drag = { id: number; x: number; y: number; far: boolean };

function BarButton(props: {
  bar: Bar;
  table: string;
  share: (at: number) => number;
  timeAt: (track: HTMLElement, x: number) => number;
  onPlace: (table: string, at: number, one: ReservationView | null) => void;
}): ReactElement {
  const { bar, table, share } = props;
  const { now, chosen, choose, calls } = useStand();
  const drag = useRef<Drag | null>(null);
  const [shift, setShift] = useState<{ x: number; y: number } | null>(null);
  const one = bar.reservation;
  const from = share(bar.from);
  const isChosen = chosen !== null && 'reservation' in chosen && chosen.reservation === one?.id;
  const isMovable = one !== null && bar.look !== 'seated' && bar.look !== 'finished' && bar.look !== 'noShow';

  const button = useRef<HTMLButtonElement>(null);
  // Chosen elsewhere (in a call, in the list), it may lie out of sight.
  useEffect(() => {
    if (isChosen) button.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [isChosen]);

  const begin = (event: PointerEvent<HTMLButtonElement>): void => {
    // A finger scrolls the day; it moves a party by "Move" and a second tap.
    if (!isMovable || event.pointerType === 'touch' || event.button !== 0) return;
    drag.current = { id: event.pointerId, x: event.clientX, y: event.clientY, far: false };
  };
  const follow = (event: PointerEvent<HTMLButtonElement>): void => {
    const held = drag.current;
    if (held?.id !== event.pointerId) return;
    const by = { x: event.clientX - held.x, y: event.clientY - held.y };
    if (!held.far && Math.hypot(by.x, by.y) < DRAG_PX) return;
    if (!held.far) event.currentTarget.setPointerCapture(event.pointerId);
    held.far = true;
    setShift(by);
  };
  const drop = (event: PointerEvent<HTMLButtonElement>): void => {
    const held = drag.current;
    drag.current = null;
    setShift(null);
    if (!held?.far || !one) return;
    const bar0 = event.currentTarget;
    const { left, right } = bar0.getBoundingClientRect();
    const isRtl = getComputedStyle(bar0).direction === 'rtl';
    bar0.style.pointerEvents = 'none';
    const below = document
      .elementsFromPoint(event.clientX, event.clientY)
      .find((node): node is HTMLElement => node instanceof HTMLElement && node.closest('.tl-row') !== null);
    bar0.style.pointerEvents = '';
    const row = below?.closest<HTMLElement>('.tl-row');
    const track = row?.querySelector<HTMLElement>('.tl-track');
    if (!row || !track) return;
    props.onPlace(row.dataset['table'] ?? table, props.timeAt(track, isRtl ? right : left), one);
  };

  const call = one?.call === undefined ? undefined : calls.get(one.call);
  const isOnPhone = call !== undefined && isLive(call);

  const word = one === null ? t('host.bar.walkIn') : statusWord(one, now);
  const name = one === null ? '' : (one.guest?.name ?? '');
  return (
    <button
      ref={button}
      type="button"
      className={`rs rs-${bar.look} ${isChosen ? 'rs-chosen' : ''} ${shift ? 'rs-dragged' : ''}`}
      data-testid={one === null ? `walk-in-${table}` : `bar-${one.id}`}
      data-look={bar.look}
      style={{
        insetInlineStart: `${from}%`,
        inlineSize: `calc(${share(bar.to) - from}% - 2px)`,
        ...(shift && { transform: `translate(${shift.x}px, ${shift.y}px)` }),
      }}
      onPointerDown={begin}
      onPointerMove={follow}
      onPointerUp={drop}
      onPointerCancel={() => {
        drag.current = null;
        setShift(null);
      }}
      onClick={() => {
        if (one) choose(isChosen ? null : { reservation: one.id });
        else choose({ table });
      }}
    >
      <strong>
        <Num>{bar.party}</Num> {name}
        {one !== null && one.allergies.length > 0 && (
          <>
            <AllergyIcon className="rs-allergy" stroke={2.75} />
            <span className="sr-only">{t('tile.allergy')}</span>
          </>
        )}
        {isOnPhone && (
          <>
            {' '}
            <OnPhoneIcon className="rs-phone" stroke={2.75} />
            <span className="sr-only">{t('calls.onPhone')}</span>
          </>
        )}
      </strong>
      <small>
        {bar.look === 'late' && one ? t('host.lateBy', { minutes: minutesLate(one, now) }) : word}
        {bar.look === 'held' && one?.until !== undefined && (
          <>
            {' '}
            <Num>{ageText(Date.parse(one.until) - now)}</Num>
          </>
        )}
      </small>
    </button>
  );
}
