import { useCallback, useMemo, useState, type ReactElement } from 'react';
import { useHeard } from '../../../sdk/react/hooks.ts';
import { pastWords } from '../../i18n/pastWords.ts';
import { t } from '../../i18n/words.tsx';
import type { Moment } from '../../past/moment.ts';
import { Button } from '../../ui/button.tsx';
import { Num } from '../../ui/marks.tsx';
import { exactText, fieldText } from '../../ui/time.ts';
import type { Room, RoomProps } from '../rooms.tsx';
import { Frame } from './frame.tsx';
import { type LateTicket, REACH_MS, ticketOf } from './past.ts';
import { usePast, usePlay } from './usePast.ts';
import { LateTickets, Lines, Why, leftToRight } from './why.tsx';
import './blackBox.css';

/** Any board at any second, with the cause of what stood on it. */

const PASS = 'kitchen';
const STEPS = [-60, -10, -1, 1, 10, 60] as const;
const SPEEDS = [1, 10, 60] as const;
/** Where it opens: a while ago, when something is likely to have been on the board. */
const OPENS_MS = 10 * 60_000;
/** A late ticket is looked at when it had just become late. */
const JUST_LATE_S = 5;

function BlackBoxRoom({ zone, view }: RoomProps): ReactElement {
  const { serverNow } = useHeard();
  const stations = [...view.entities.station.values()].filter(({ id }) => id !== 'unrouted');
  const names = new Map(stations.map(({ id, name }) => [id, name]));
  const [topic, setTopic] = useState(`station:${stations[0]?.id ?? 'unrouted'}`);
  const [opened] = useState(() => serverNow() - OPENS_MS);
  /** The middle of the slider. */
  const [anchor, setAnchor] = useState(opened);
  const [speed, setSpeed] = useState(0);
  const [ticket, setTicket] = useState<string | null>(null);
  const past = usePast(topic, opened);
  usePlay(past, speed, serverNow);
  const { board, moment } = past;
  const shown = useMemo(
    (): Moment | null =>
      board === null
        ? null
        : {
            heard: 'moment',
            topic: board.topic,
            now: Math.max(moment, board.since ?? 0),
            entities: board.entities,
          },
    [board, moment],
  );
  // Out of the slider's reach: it begins anew around where the time is now.
  if (Math.abs(moment - anchor) > REACH_MS) setAnchor(moment);
  const go = (at: number): void => {
    past.go(Math.min(at, serverNow()));
  };
  const pick = (late: LateTicket): void => {
    setSpeed(0);
    setTopic(`station:${late.station}`);
    setTicket(late.ticket);
    go(late.firedAt + (late.limit + JUST_LATE_S) * 1000);
  };
  const pointed = useCallback((card: string) => setTicket(ticketOf(board?.entities ?? [], card)), [board]);
  const local = fieldText(moment, zone);
  return (
    <div className="bb">
      <h1 className="sr-only">{t('past.title')}</h1>
      <div className="bb-board">
        <div className="mg-card bb-controls">
          <div className="bb-row">
            <div className="seg bb-seg" role="group" aria-label={t('past.screen')}>
              {[
                ...stations.map(({ id, name }) => [`station:${id}`, name] as const),
                [PASS, t('past.pass')] as const,
              ].map(([one, name]) => (
                <button
                  key={one}
                  type="button"
                  className="pressable"
                  aria-pressed={topic === one}
                  data-testid={`past-${one}`}
                  onClick={() => setTopic(one)}
                >
                  <bdi>{name}</bdi>
                </button>
              ))}
            </div>
            <label>
              <span className="sr-only">{t('past.when')}</span>
              <input
                className="field"
                type="datetime-local"
                dir="ltr"
                value={local}
                max={fieldText(serverNow(), zone)}
                data-testid="past-when"
                onChange={({ target }) => {
                  if (target.value === '') return;
                  setSpeed(0);
                  past.goTo(target.value);
                }}
              />
            </label>
            <div className="seg bb-seg" role="group" aria-label={t('past.play')}>
              <button
                type="button"
                className="pressable"
                aria-pressed={speed === 0}
                onClick={() => setSpeed(0)}
              >
                {t('past.pause')}
              </button>
              {SPEEDS.map((one) => (
                <button
                  key={one}
                  type="button"
                  className="pressable"
                  aria-pressed={speed === one}
                  data-testid={`past-play-${one}`}
                  onClick={() => setSpeed(one)}
                >
                  <Num>{one}×</Num>
                </button>
              ))}
            </div>
          </div>
          <div className="bb-row" dir="ltr">
            {STEPS.slice(0, 3).map((seconds) => (
              <Step key={seconds} seconds={seconds} onGo={() => go(moment + seconds * 1000)} />
            ))}
            <input
              type="range"
              className="bb-slider"
              min={anchor - REACH_MS}
              max={Math.min(anchor + REACH_MS, serverNow())}
              step={1_000}
              value={moment}
              aria-label={t('past.slider')}
              aria-valuetext={exactText(moment, zone)}
              data-testid="past-slider"
              onChange={({ target }) => past.go(Number(target.value))}
            />
            {STEPS.slice(3).map((seconds) => (
              <Step key={seconds} seconds={seconds} onGo={() => go(moment + seconds * 1000)} />
            ))}
          </div>
          {past.failed !== null && (
            <p className="mg-said" role="alert">
              {past.failed === '' ? t('past.noAnswer') : past.failed}
            </p>
          )}
        </div>
        <div className="bb-stage" data-behind={past.isBehind} data-testid="past-stage">
          <p className="bb-past">
            <b className="bb-clock" data-testid="past-clock">
              <Num>{exactText(moment, zone)}</Num>
            </b>
            {t('past.asItWas', { day: leftToRight(local.slice(0, 10)) })}
          </p>
          <Frame moment={shown} onCard={pointed} />
        </div>
      </div>
      <div className="bb-side">
        <Why ticket={ticket} names={names} zone={zone} onGo={go} />
        <Lines moment={moment} />
        <LateTickets at={moment} names={names} zone={zone} onPick={pick} />
      </div>
    </div>
  );
}

function Step({ seconds, onGo }: { seconds: number; onGo: () => void }): ReactElement {
  const size = Math.abs(seconds);
  const sign = seconds < 0 ? '−' : '+';
  return (
    <Button quick testId={`past-step-${seconds}`} onPress={onGo}>
      <Num>
        {sign}
        {size === 60 ? '1:00' : `0:${String(size).padStart(2, '0')}`}
      </Num>
      <span className="sr-only">{t(seconds < 0 ? 'past.back' : 'past.on', { seconds: size })}</span>
    </Button>
  );
}

export const room: Room = { Room: BlackBoxRoom, words: pastWords };
