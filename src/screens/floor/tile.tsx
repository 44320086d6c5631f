import type { ReactElement } from 'react';
import type { StationView } from '../../domain/entities.ts';
import { t } from '../i18n/words.tsx';
import { stationName } from '../pos/receipts.ts';
import { AllergyIcon, ClockIcon, VoidIcon } from '../ui/icons.tsx';
import { Num, ReceiptMark, WorkDot } from '../ui/marks.tsx';
import { usePress } from '../ui/press.ts';
import { initialsOf } from '../ui/tabletBar.tsx';
import { BillIcon, CleanIcon, PeopleIcon } from '../ui/tabletIcons.tsx';
import { ageText } from '../ui/time.ts';
import type { Tile as TileState, TileWord } from './plan.ts';
import './tile.css';

const SERVER_COLOURS = ['server-1', 'server-2', 'server-3'] as const;

/** Servers by their initials; the colour is a help for those who see it, the letters carry it. `servers`: all of the room, in a fixed order. */
export function serverClass(name: string, servers: readonly string[]): string {
  return SERVER_COLOURS[Math.max(0, servers.indexOf(name)) % SERVER_COLOURS.length] ?? 'server-1';
}

/** One table: code, timer, the worst state as dot and word, who serves it, covers. A wide border: somebody must act. */
export function Tile(props: {
  tile: TileState;
  now: number;
  stations: ReadonlyMap<string, StationView>;
  servers: readonly string[];
  selected: boolean;
  drafted?: boolean;
  onPress: () => void;
}): ReactElement {
  const { tile, now, stations } = props;
  const press = usePress(props.onPress);
  const drafted = props.drafted === true && (tile.act === null || tile.act === 'soon');
  const act = drafted ? 'queued' : tile.act;
  const word = drafted ? t('draft.notSent') : tileWord(tile, stations);
  const age = tile.since === null ? null : ageText(now - tile.since);
  const covers = tile.table.covers ?? tile.table.seats;
  return (
    <button
      type="button"
      className={`tile pressable ${tile.table.shape === 'bar' ? 'tile-bar' : tile.table.seats >= 8 ? 'tile-wide' : ''} ${tile.empty && !drafted ? 'tile-empty' : ''} ${act === null ? '' : `tile-${act}`} ${props.selected ? 'tile-selected' : ''}`}
      aria-pressed={props.selected}
      data-testid={`table-${tile.table.id}`}
      data-word={tile.word}
      {...press}
    >
      <span className="tile-top">
        <b>
          <Num>{tile.table.name}</Num>
        </b>
        {age !== null && (
          <small>
            <Num>{age}</Num>
          </small>
        )}
      </span>
      <span className="tile-word">
        {drafted ? (
          <ReceiptMark receipt="queued" />
        ) : (
          <TileMark word={tile.word} part={tile.ready > 0 && tile.ready < tile.of} />
        )}
        <span>{word}</span>
      </span>
      <span className="tile-foot">
        {tile.server !== null ? (
          <em className={`server ${serverClass(tile.server, props.servers)}`}>{initialsOf(tile.server)}</em>
        ) : (
          <span />
        )}
        {tile.allergies.length > 0 && (
          <em className="tile-allergy">
            <AllergyIcon stroke={2.75} />
            <span className="sr-only">{t('tile.allergy')}</span>
          </em>
        )}
        <span className="tile-covers">
          <PeopleIcon />
          <Num>{covers}</Num>
          <span className="sr-only">{t('table.coversWord')}</span>
        </span>
      </span>
    </button>
  );
}

/** The state in a word or two: `drinks ready`, `3/5 ready`, `late`. */
export function tileWord(tile: TileState, stations: ReadonlyMap<string, StationView>): string {
  const station = tile.station === null ? null : stationName(tile.station, stations).toLocaleLowerCase();
  switch (tile.word) {
    case 'ready':
      if (tile.ready === tile.of) return t('tile.ready');
      return station !== null
        ? t('tile.stationReady', { station })
        : t('run.part', { ready: tile.ready, of: tile.of });
    case 'unheard':
      return station === null ? t('tile.unheard') : t('tile.stationUnheard', { station });
    case 'held':
      return t('tile.heldCount', { count: tile.held });
    case 'blocked':
      return tile.table.reason ?? t('tile.blocked');
    case 'reserved':
      return t('tile.reserved', { name: tile.table.reserved?.name ?? '' });
    default:
      return t(`tile.${tile.word}`);
  }
}

function TileMark({ word, part }: { word: TileWord; part: boolean }): ReactElement | null {
  switch (word) {
    case 'unsent':
      return <ReceiptMark receipt="queued" />;
    case 'unheard':
      return <ReceiptMark receipt="unheard" />;
    case 'late':
      return <WorkDot work="blocked" />;
    case 'ready':
      return <WorkDot work={part ? 'cooking' : 'ready'} />;
    case 'served':
    case 'checkBack':
      return <WorkDot work="ready" />;
    case 'soon':
    case 'cooking':
      return <WorkDot work="cooking" />;
    case 'waiting':
    case 'seated':
    case 'takeOrder':
      return <WorkDot work="waiting" />;
    case 'held':
      return <WorkDot work="held" />;
    case 'paying':
      return <BillIcon />;
    case 'dirty':
    case 'clean':
      return <CleanIcon />;
    case 'blocked':
      return <VoidIcon />;
    case 'reserved':
      return <ClockIcon />;
    case 'free':
    case 'cancelled':
      return null;
  }
}
