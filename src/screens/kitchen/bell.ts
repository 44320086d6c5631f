import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { TicketView } from '../../domain/entities.ts';
import type { Player } from '../ui/player.ts';
import { hush, ring, silent, strike, type Bell } from '../ui/sound.ts';
import { seeTickets, settleBell, soundsFor, type Seen } from './rings.ts';
import type { Urgency } from './tickets.ts';

/** Connects the board to the speaker; where nothing can be heard, the edge flashes instead. */

const TICK = 500;
/** The self-test at the start of a shift: six sounds, then the real ones. */
const SELF_TEST = 9000;

export type Ringing = {
  /** Counts flashes: each new value flashes the edge once more. 0: none yet. */
  flashes: number;
  hush: (ticket: string) => void;
  /** After the gate: waits for the self-test to end. */
  selfTested: () => void;
  /** The server asks for a ticket that nobody heard: it rings anew. */
  nudge: (ticket: string) => void;
};

export function useBell(options: {
  player: Player;
  tickets: readonly TicketView[];
  loaded: boolean;
  /** Seconds matter for LATE, so it is asked anew at every tick. */
  urgency: (ticket: TicketView) => Urgency;
  predicted: ReadonlySet<string>;
  lineLost: boolean;
  now: () => number;
  /** The gate is up: sounds wait. */
  waiting: boolean;
}): Ringing {
  const bell = useRef<Bell>(silent);
  const seen = useRef<Seen | null>(null);
  const latest = useRef(options);
  const [flashes, setFlashes] = useState(0);
  useLayoutEffect(() => {
    latest.current = options;
  });

  const look = useCallback(() => {
    const { player, tickets, loaded, urgency, predicted, now, lineLost, waiting } = latest.current;
    if (loaded) {
      const after = seeTickets(tickets, urgency);
      bell.current = settleBell(
        bell.current,
        soundsFor(seen.current, tickets, after, predicted),
        tickets,
        now(),
      );
      seen.current = after;
    }
    bell.current = lineLost ? ring(bell.current, 'line', 'lost', now()) : hush(bell.current, 'line');
    if (waiting) return;
    const struck = strike(bell.current, now());
    bell.current = struck.bell;
    if (struck.sound === null) return;
    const { name, louder } = struck.sound;
    if (!player.play(name, louder ? 6 : 0) && name !== 'late' && name !== 'lost')
      setFlashes((count) => count + 1);
  }, []);

  const { tickets, lineLost, waiting } = options;
  useEffect(look, [look, tickets, lineLost, waiting]);
  useEffect(() => {
    const timer = setInterval(look, TICK);
    return () => clearInterval(timer);
  }, [look]);

  return {
    flashes,
    hush: useCallback((ticket: string) => {
      bell.current = hush(bell.current, ticket);
    }, []),
    nudge: useCallback(
      (ticket: string) => {
        const { tickets: shown, now } = latest.current;
        if (!shown.some((one) => one.id === ticket && one.status === 'new')) return;
        bell.current = ring(hush(bell.current, ticket, 'new'), ticket, 'new', now());
        look();
      },
      [look],
    ),
    selfTested: useCallback(() => {
      bell.current = { ...bell.current, lastAt: latest.current.now() + SELF_TEST };
    }, []),
  };
}
