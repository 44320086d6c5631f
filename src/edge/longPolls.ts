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
  hold(claims: Claims, response: ServerResponse): Hold;
  /** Ends the waits of a screen that was sent away. */
  revoked(device: string): void;
  /** Answers everybody now; from then on nobody is held. */
  drain(): void;
  close(): void;
  readonly isDraining: boolean;
  readonly waiting: number;
};

const LOOK_MS = 1_000;

export function createLongPolls(isRevoked: (claims: Claims) => boolean = () => false): LongPolls {
  const held = new Map<AbortController, { claims: Claims; ended: Hold['ended'] }>();
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
    hold(claims, response) {
      const controller = new AbortController();
      const hold: { claims: Claims; ended: Hold['ended'] } = { claims, ended: null };
      held.set(controller, hold);
      const left = (): void => {
        hold.ended ??= 'left';
        controller.abort();
      };
      response.once('close', left);
      return {
        signal: controller.signal,
        get ended() {
          return hold.ended;
        },
        release() {
          held.delete(controller);
          response.off('close', left);
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
