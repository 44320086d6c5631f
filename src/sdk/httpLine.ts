import type { Down, Ready } from '../protocol/down.ts';
import type { Problem } from '../protocol/problems.ts';
import type { CarrierEvents, Opening, Said } from './carrier.ts';
import { isProblem } from './frames.ts';
import { createPostedAcks } from './postedAcks.ts';
import type { Posted } from './postedAcks.ts';

/** What event streams and polls have in common: calls with the newest token, refusals as frames, acknowledgements. */

export type HttpPlace = {
  /** `https://host/v1/locations/brasa` */
  place: string;
  /** Answers 200 as long as there is a server; asked while no topic is. */
  health: string;
  fetch: typeof fetch;
  now(): number;
};

/** A good answer; `refused`: this topic is not shown; null: the line ended, or waits for its end. */
export type Got<T> = { ok: T } | { refused: Problem } | null;

const PATIENCE_MS = 10_000;
const IDLE_EVERY_MS = 10_000;

export type HttpLine = ReturnType<typeof openHttpLine>;

export function openHttpLine(options: HttpPlace, opening: Opening, events: CarrierEvents) {
  const calls = new Set<AbortController>();
  /** Calls that were ended because no answer came in time. */
  const late = new WeakSet<AbortController>();
  const naming = `client=${encodeURIComponent(opening.client.id)}${
    opening.client.screen === undefined ? '' : `&screen=${encodeURIComponent(opening.client.screen)}`
  }`;
  let { token } = opening;
  let over = false;
  /** The server said that this line ends; whoever holds it makes the next one first. */
  let ending = false;
  let isUp = false;
  let idleTimer: ReturnType<typeof setTimeout> | null = null;

  const acks = createPostedAcks({
    now: options.now,
    async post(batch): Promise<Posted> {
      try {
        const { response, done } = await call(`/acks?${naming}`, { method: 'POST', body: batch });
        const body: unknown = response.status === 204 ? null : await response.json().catch(() => null);
        done();
        if (response.ok) return 'done';
        if (response.status !== 422 || !isProblem(body)) return 'again';
        const index = Number.parseInt(body.errors?.[0]?.path ?? '', 10);
        return Number.isInteger(index) ? index : 'refused';
      } catch {
        return 'again';
      }
    },
  });

  /** A call of this line; it ends with the line, and when no answer came within `patience`. */
  async function call(
    path: string,
    how: {
      accept?: string;
      method?: 'POST';
      body?: unknown;
      patience?: number;
      url?: string;
      stop?: AbortController;
    },
  ): Promise<{ response: Response; done: () => void }> {
    const stop = how.stop ?? new AbortController();
    calls.add(stop);
    const timer = setTimeout(() => {
      late.add(stop);
      stop.abort();
    }, how.patience ?? PATIENCE_MS);
    const done = () => {
      clearTimeout(timer);
      calls.delete(stop);
    };
    try {
      const response = await options.fetch(how.url ?? `${options.place}${path}`, {
        method: how.method ?? 'GET',
        headers: {
          accept: how.accept ?? 'application/json, application/problem+json',
          ...(how.url === undefined && { authorization: `Bearer ${token}` }),
          ...(how.body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(how.body !== undefined && { body: JSON.stringify(how.body) }),
        signal: stop.signal,
        cache: 'no-store',
        credentials: 'omit',
      });
      return { response, done };
    } catch (error) {
      done();
      throw error;
    }
  }

  const frame = (said: Down): void => {
    if (!over && !ending) events.frame(said);
  };

  function bye(code: number, reason: string, retryAfter?: number): void {
    if (over || ending) return;
    events.frame({ t: 'bye', code, reason, ...(retryAfter !== undefined && { retryAfter }) });
    ending = true;
  }

  function end(code: number, reason: string): void {
    if (over) return;
    stop();
    events.gone(code, reason);
  }

  function stop(): void {
    over = true;
    acks.close();
    if (idleTimer !== null) clearTimeout(idleTimer);
    for (const one of calls) one.abort();
    calls.clear();
  }

  /** An answer that is none: what follows for the line, or for the topic alone. */
  async function judge(response: Response): Promise<Got<never>> {
    const body: unknown = await response.json().catch(() => null);
    if (over || ending) return null;
    if (!isProblem(body)) {
      end(1006, `not an answer of Heard: ${response.status}`);
      return null;
    }
    switch (body.code) {
      case 'unauthenticated':
        // A token that was good once has expired or was taken away: the token provider knows which.
        if (isUp) bye(4201, body.detail);
        else end(4001, body.detail);
        return null;
      case 'rate_limited':
      case 'unavailable': {
        const seconds = Number(response.headers.get('retry-after') ?? body.retryAfter ?? 2);
        bye(4100, body.detail, Number.isFinite(seconds) ? Math.max(0, seconds) : 2);
        return null;
      }
      case 'not_found':
      case 'forbidden':
        return { refused: body };
      default:
        end(1006, body.detail);
        return null;
    }
  }

  async function get<T>(
    path: string,
    is: (value: unknown) => value is T,
    patience?: number,
    stopper?: AbortController,
  ): Promise<Got<T>> {
    try {
      const { response, done } = await call(path, {
        ...(patience !== undefined && { patience }),
        ...(stopper && { stop: stopper }),
      });
      try {
        if (!response.ok) return await judge(response);
        const body: unknown = await response.json();
        if (over || ending) return null;
        if (is(body)) return { ok: body };
        end(1006, 'an answer that cannot be read');
        return null;
      } finally {
        done();
      }
    } catch (error) {
      // A question that the carrier itself took back says nothing about the line.
      if (stopper?.signal.aborted !== true || late.has(stopper)) end(1006, String(error));
      return null;
    }
  }

  return {
    naming,
    call,
    get,
    judge,
    frame,
    bye,
    end,
    stop,
    isDone: (): boolean => over || ending,
    isOver: (): boolean => over,
    isUp: (): boolean => isUp,
    /** The first answer arrived: the transport is up. Said once. */
    ready(said: Partial<Ready>): void {
      if (isUp || over || ending) return;
      isUp = true;
      const now = said.now ?? new Date(options.now()).toISOString();
      events.frame({
        t: 'ready',
        session: '',
        rules: '',
        ping: 15_000,
        retry: { min: 1_000, max: 8_000 },
        ...said,
        now,
      });
    },
    /** While nothing is asked for there is nothing to hear; that there is a server is asked instead. */
    async idle(isIdle: () => boolean): Promise<void> {
      if (idleTimer !== null) clearTimeout(idleTimer);
      idleTimer = null;
      if (over || ending || !isIdle()) return;
      try {
        const { response, done } = await call('', { url: options.health });
        await response.body?.cancel();
        done();
        if (over || ending) return;
        if (!response.ok) return end(1006, `the server is not well: ${response.status}`);
        this.ready({});
        frame({ t: 'ping', n: 0, now: response.headers.get('date') ?? '', topics: {} });
        idleTimer = setTimeout(() => void this.idle(isIdle), IDLE_EVERY_MS);
      } catch (error) {
        end(1006, String(error));
      }
    },
    /** True when it was for the line itself; false: for the carrier. */
    said(frame: Said): boolean {
      if (frame.t === 'auth') token = frame.token;
      if (frame.t === 'ack') {
        const { t: _, ...ack } = frame;
        acks.add(ack);
      }
      return frame.t === 'ack' || frame.t === 'pong';
    },
  };
}
