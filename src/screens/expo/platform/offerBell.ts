import { useEffect, useLayoutEffect, useRef } from 'react';
import type { Player } from '../../ui/player.ts';
import { hush, ring, silent, strike, type Bell } from '../../ui/sound.ts';

/**
 * What waits for our yes sounds like any new ticket, again every 20 s until somebody touched it or it was answered; what must
 * stop sounds like a void, as often and louder after 30 s, until each station has tapped it away.
 */

const TICK = 500;

export type Causes = {
  /** Orders that wait for our yes, and those of them that somebody touched. */
  readonly offers: readonly string[];
  readonly touched: ReadonlySet<string>;
  /** Orders that were cancelled while somebody is at them. */
  readonly stops: readonly string[];
};

/** Rings for what came, and ends what was answered, touched or tapped away. */
export function settleOffers(bell: Bell, { offers, touched, stops }: Causes, now: number): Bell {
  let next = bell;
  for (const { cause, name } of bell.rings) {
    const stands = name === 'new' ? offers.includes(cause) && !touched.has(cause) : stops.includes(cause);
    if (!stands) next = hush(next, cause, name);
  }
  for (const offer of offers) if (!touched.has(offer)) next = ring(next, offer, 'new', now);
  for (const stop of stops) next = ring(next, stop, 'change', now);
  return next;
}

export function useOfferBell(
  options: Causes & {
    player: Player;
    now: () => number;
    /** The gate is up, or nothing is known yet. */
    waiting: boolean;
  },
): void {
  const bell = useRef<Bell>(silent);
  const latest = useRef(options);
  useLayoutEffect(() => {
    latest.current = options;
  });
  useEffect(() => {
    const timer = setInterval(() => {
      const { player, now, waiting, ...causes } = latest.current;
      if (waiting) return;
      const struck = strike(settleOffers(bell.current, causes, now()), now());
      bell.current = struck.bell;
      if (struck.sound !== null) player.play(struck.sound.name, struck.sound.louder ? 6 : 0);
    }, TICK);
    return () => clearInterval(timer);
  }, []);
}
