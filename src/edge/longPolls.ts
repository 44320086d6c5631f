import type { ServerResponse } from 'node:http';
import type { Claims } from '../accounts/tokens.ts';

/** Requests that wait for something to happen: they end early when their caller leaves, may not read any more, or the node goes away. */

export type Hold = {
  /** Aborted when the wait is over before its time. */
  readonly signal: AbortSignal;
  readonly ended: 'left' | 'revoked' | 'drained' | null;
  release(): void;
};

export type LongPolls = {
  /** Null when too many wait: of this screen, or of all. */
  hold(claims: Claims, response: ServerResponse, screen: string): Hold | null;
  /** Ends the waits of a screen that was sent away. */
  revoked(device: string): void;
  /** Answers everybody now; from then on nobody is held. */
  drain(): void;
  close(): void;
  readonly isDraining: boolean;
  readonly waiting: number;
};

const LOOK_MS = 1_000;
/** On this node; and of one screen, which has at most 32 topics and may ask anew before the old question is answered. */
const MOST = 20_000;
const MOST_EACH = 64;

export function createLongPolls(isRevoked: (claims: Claims) => boolean = () => false): LongPolls {
  const held = new Map<AbortController, { claims: Claims; ended: Hold['ended'] }>();
  const ofScreen = new Map<string, number>();
  let draining = false;
  const end = (of: (claims: Claims) => boolean, why: 'left' | 'revoked' | 'drained'): void => {
    for (const [controller, hold] of held) {
      if (!of(hold.claims)) continue;
      hold.ended ??= why;
      controller.abort();
    }
  };
  const timer = setInterval(() => end(isRevoked, 'revoked'), LOOK_MS);
  timer.unref();

  return {
    hold(claims, response, screen) {
      const waiting = ofScreen.get(screen) ?? 0;
      if (held.size >= MOST || waiting >= MOST_EACH) return null;
      ofScreen.set(screen, waiting + 1);
      const controller = new AbortController();
      const hold: { claims: Claims; ended: Hold['ended'] } = { claims, ended: null };
      held.set(controller, hold);
      const gone = (): void => {
        hold.ended ??= 'left';
        controller.abort();
      };
      response.once('close', gone);
      return {
        signal: controller.signal,
        get ended() {
          return hold.ended;
        },
        release() {
          if (!held.delete(controller)) return;
          const left = (ofScreen.get(screen) ?? 1) - 1;
          if (left > 0) ofScreen.set(screen, left);
          else ofScreen.delete(screen);
          response.off('close', gone);
        },
      };
    },
    revoked: (device) => end(({ dev }) => dev === device, 'revoked'),
    drain() {
      draining = true;
      end(() => true, 'drained');
    },
    close: () => clearInterval(timer),
    get isDraining() {
      return draining;
    },
    get waiting() {
      return held.size;
    },
  };
}
