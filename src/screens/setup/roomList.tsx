import type { ReactElement } from 'react';
import { t, type MessageKey } from '../i18n/words.tsx';
import { AlertIcon, SearchIcon } from '../ui/icons.tsx';
import { WorkDot, type Work } from '../ui/marks.tsx';
import { usePress } from '../ui/press.ts';
import type { RoomId, RoomLine, RoomState } from './checklist.ts';
import { ROOM_NAMES } from './roomNames.ts';

/** The rooms at the side: a checklist of what a house needs before it opens. */
export function RoomList({
  lines,
  current,
  onEnter,
}: {
  lines: readonly RoomLine[];
  current: RoomId;
  onEnter: (room: RoomId) => void;
}): ReactElement {
  return (
    <nav className="st-rooms" aria-label={t('desk.rooms')}>
      <ul>
        {lines.map((line) => (
          <li key={line.room}>
            <RoomButton line={line} isCurrent={line.room === current} onEnter={onEnter} />
          </li>
        ))}
      </ul>
    </nav>
  );
}

const MARKS: Record<Exclude<RoomState, 'open' | 'warned'>, Work> = {
  done: 'ready',
  todo: 'waiting',
  blocked: 'blocked',
};
const STATES: Record<RoomState, MessageKey> = {
  done: 'desk.done',
  todo: 'desk.todo',
  open: 'desk.maybe',
  blocked: 'desk.blocked',
  warned: 'desk.warned',
};
const COUNTS: Partial<Record<RoomId, MessageKey>> = {
  stations: 'count.stations',
  menu: 'count.items',
  routing: 'count.unrouted',
  tables: 'count.tables',
  staff: 'count.people',
  screens: 'count.screens',
  printers: 'count.printers',
  channels: 'count.channels',
  publish: 'count.changes',
};

function RoomButton({
  line,
  isCurrent,
  onEnter,
}: {
  line: RoomLine;
  isCurrent: boolean;
  onEnter: (room: RoomId) => void;
}): ReactElement {
  const press = usePress(() => onEnter(line.room));
  const { room, state, count } = line;
  const counted = COUNTS[room];
  return (
    <button
      type="button"
      className="st-room-button pressable"
      aria-current={isCurrent ? 'page' : undefined}
      data-testid={`room-${room}`}
      data-state={state}
      {...press}
    >
      {room === 'why' ? (
        <SearchIcon />
      ) : state === 'warned' ? (
        <AlertIcon />
      ) : state === 'open' ? (
        <svg className="i" viewBox="0 0 24 24" strokeWidth="2.2" aria-hidden="true">
          <circle cx="12" cy="12" r="8.5" strokeDasharray="3.2 3.4" />
        </svg>
      ) : (
        <WorkDot work={MARKS[state]} />
      )}
      <span>
        <b>{t(ROOM_NAMES[room])}</b>
        <small>
          {room === 'why'
            ? t('desk.whySay')
            : counted !== undefined &&
                count !== null &&
                (count > 0 || room === 'routing' || room === 'publish')
              ? t(counted, { count })
              : t(STATES[state])}
        </small>
      </span>
    </button>
  );
}
