import { useCallback, useEffect, useRef, useState } from 'react';
import { useAsk } from '../calls.ts';
import { type Then, holds, played, readThen } from './past.ts';

/** The board at a moment: asked for when the moment leaves what is known, one question at a time, the latest wish last. */

export type Past = {
  readonly moment: number;
  readonly board: Then | null;
  /** The board that is shown is of another moment: the right one is on its way. */
  readonly isBehind: boolean;
  readonly failed: string | null;
  readonly go: (moment: number) => void;
  /** A time as the field says it, in the location's zone. */
  readonly goTo: (local: string) => void;
};

/** `follow`: the server knows which moment is meant. */
type Wish = { readonly topic: string; readonly at: string; readonly follow: boolean };

export function usePast(topic: string, first: number): Past {
  const ask = useAsk();
  const [moment, setMoment] = useState(first);
  const [board, setBoard] = useState<Then | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const isKnown = holds(board, topic, moment);
  const wished = useRef<{ next: Wish | null; busy: boolean }>({ next: null, busy: false });

  const look = useCallback(
    (wish: Wish): void => {
      const state = wished.current;
      state.next = wish;
      if (state.busy) return;
      state.busy = true;
      const work = async (): Promise<void> => {
        for (let next = state.next; next !== null; next = state.next) {
          state.next = null;
          const query = `topic=${encodeURIComponent(next.topic)}&at=${encodeURIComponent(next.at)}`;
          const reply = await ask(`/state?${query}`, readThen);
          if (reply.ok) setBoard(reply.body);
          if (reply.ok && next.follow) setMoment(reply.body.at);
          setFailed(reply.ok ? null : reply.why);
        }
        state.busy = false;
      };
      void work();
    },
    [ask],
  );
  useEffect(() => {
    if (!isKnown) look({ topic, at: new Date(moment).toISOString(), follow: false });
  }, [isKnown, moment, topic, look]);

  const goTo = useCallback((local: string) => look({ topic, at: local, follow: true }), [look, topic]);
  return { moment, board, isBehind: !isKnown, failed, go: setMoment, goTo };
}

const TICK_MS = 500;

/** Lets time pass while `speed` is more than nothing; it waits for the board it has not got yet. */
export function usePlay(past: Past, speed: number, now: () => number): void {
  const latest = useRef(past);
  useEffect(() => {
    latest.current = past;
  }, [past]);
  useEffect(() => {
    if (speed === 0) return undefined;
    let last = performance.now();
    const timer = setInterval(() => {
      const at = performance.now();
      const { moment, isBehind, go } = latest.current;
      if (!isBehind) go(played(moment, speed, at - last, now()));
      last = at;
    }, TICK_MS);
    return () => clearInterval(timer);
  }, [speed, now]);
}
