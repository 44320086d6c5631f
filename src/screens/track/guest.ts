import { type Reader, TokenRefused, createReader } from '../../sdk/reader.ts';
import type { TrackingView } from '../../domain/entities.ts';
import { isSnapshot } from '../../sdk/frames.ts';
import { type Spot, spotOf } from './courier.ts';
import type { Badge } from './tracking.ts';
import { badgeOf, forward } from './tracking.ts';

/**
 * What stands behind the guest's page: the link is exchanged for a short right to read, the reader follows the order, and
 * what it says is kept as the page shows it. When the order has ended nothing is left open; a page that wakes asks again.
 */
export type Page = {
  /** `asking`: nothing is known yet. `old`: the link is not good. `away`: nobody answers. */
  readonly phase: 'asking' | 'away' | 'old' | 'shown';
  readonly view: TrackingView | null;
  readonly badge: Badge;
  /** The link ended while it was looked at: what is shown is how the order stood last. */
  readonly isOver: boolean;
  /** Where the courier was seen last; null: nobody says. */
  readonly spot: Spot | null;
  /** The server's time. */
  readonly now: number;
};

type Session = { token: string; expiresIn: number; location: string; topic: string };

const AGAIN_MS = [1_000, 2_000, 4_000, 8_000];
const TICK_MS = 1_000;
/** A house full of guests does not reload at one moment. */
const RELOAD_MS = 15_000;
/** What a closed line says of the link itself. */
const ENDS: ReadonlySet<string> = new Set(['pair', 'revoked', 'no_such_place', 'refused']);
/** A right that was fetched so long ago is used for no new connection. */
const FRESH_MS = 60_000;

export type GuestOptions = {
  readonly origin: string;
  /** The link's token, from the page's address. */
  readonly link: string;
  readonly show: (page: Page) => void;
};

export function followOrder({ origin, link, show }: GuestOptions): { close(): void } {
  let reader: Reader | null = null;
  let view: TrackingView | null = null;
  let spot: Spot | null = null;
  let phase: Page['phase'] = 'asking';
  let isOver = false;
  let tries = 0;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let closed = false;
  let asking = false;

  const draw = (): void => {
    const now = reader?.serverNow() ?? Date.now();
    const ended = isOver || view?.ended !== undefined;
    show({ phase, view, spot, isOver, now, badge: badgeOf(reader?.connection.get() ?? null, ended, now) });
  };

  async function exchange(): Promise<Session> {
    const response = await fetch(`${origin}/v1/track/${encodeURIComponent(link)}/session`, {
      method: 'POST',
      cache: 'no-store',
      credentials: 'omit',
      signal: AbortSignal.timeout(10_000),
    });
    if (response.status === 404) throw new TokenRefused('pair', 'This link is not good.');
    if (!response.ok) throw new Error(`The server answered ${response.status}.`);
    return response.json();
  }

  /** Asks what the link is good for, and follows the order; tries again for as long as nobody answers. */
  async function open(): Promise<void> {
    if (closed || reader !== null || asking) return;
    asking = true;
    try {
      const session = await exchange();
      if (!closed) follow(session);
    } catch (error) {
      if (error instanceof TokenRefused) end();
      else {
        if (view === null) phase = 'away';
        draw();
        timer = setTimeout(() => void open(), AGAIN_MS[Math.min(tries, AGAIN_MS.length - 1)]);
        tries += 1;
      }
    } finally {
      asking = false;
    }
  }

  function follow(first: Session): void {
    const { location, topic } = first;
    const gotAt = Date.now();
    let unused: string | null = first.token;
    const own = createReader({
      baseUrl: origin,
      location,
      topic,
      async token(reason) {
        const kept = reason === 'connect' && Date.now() - gotAt < FRESH_MS ? unused : null;
        unused = null;
        return kept ?? (await exchange()).token;
      },
    });
    reader = own;
    tries = 0;
    void glance(first, own);
    const look = (): void => {
      if (reader !== own) return;
      const { entities, problem, pos } = own.view.get();
      const [next] = entities.tracking.values();
      if (next !== undefined) {
        view = forward(view, next);
        spot = spotOf(spot, own.live.get().get(`courier:${next.id}`));
        phase = 'shown';
        isOver = false;
      }
      const { blocked } = own.connection.get();
      if (blocked !== null && !ENDS.has(blocked.reason)) return later();
      if (blocked !== null || problem !== null || (pos >= 0 && next === undefined)) return end();
      draw();
      // What has ended changes no more: nothing is kept open for it.
      if (next?.ended !== undefined) stop();
    };
    own.view.subscribe(look);
    own.live.subscribe(look);
    own.connection.subscribe(look);
    look();
  }

  /** Where the line has to be found first, the order is shown at once all the same: one question, by plain HTTP. */
  async function glance({ token, location, topic }: Session, own: Reader): Promise<void> {
    try {
      const answer = await fetch(
        `${origin}/v1/locations/${encodeURIComponent(location)}/snapshot?topic=${encodeURIComponent(topic)}`,
        {
          headers: { authorization: `Bearer ${token}` },
          cache: 'no-store',
          credentials: 'omit',
          signal: AbortSignal.timeout(10_000),
        },
      );
      const body: unknown = answer.ok ? await answer.json() : null;
      const next = isSnapshot(body) ? body.entities.find((one) => one.kind === 'tracking') : undefined;
      if (next?.kind !== 'tracking' || reader !== own || own.view.get().pos >= 0) return;
      view = forward(view, next);
      phase = 'shown';
      draw();
    } catch {
      // The reader is on its way; this was only to be quicker.
    }
  }

  /** This page and the server do not understand each other: it may be a newer one, so the page is fetched anew. */
  function later(): void {
    stop();
    timer = setTimeout(() => window.location.reload(), RELOAD_MS * (1 + Math.random()));
  }

  function stop(): void {
    const last = reader;
    // First: closing is news too, and nobody listens to it any more.
    reader = null;
    last?.close();
    draw();
  }

  /** The link is not good any more, or never was. */
  function end(): void {
    isOver = view !== null;
    if (view === null) phase = 'old';
    stop();
  }

  /** The page was put away and is looked at again: an order that had ended may go on, a line may be dead. */
  const wake = (): void => {
    if (document.visibilityState !== 'visible') return;
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (reader === null && phase !== 'old') void open();
  };
  const ticker = setInterval(draw, TICK_MS);
  document.addEventListener('visibilitychange', wake);
  window.addEventListener('pageshow', wake);
  void open();
  return {
    close() {
      closed = true;
      clearInterval(ticker);
      if (timer !== null) clearTimeout(timer);
      document.removeEventListener('visibilitychange', wake);
      window.removeEventListener('pageshow', wake);
      reader?.close();
    },
  };
}
