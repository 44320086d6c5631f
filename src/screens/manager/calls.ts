import { useCallback, useEffect, useRef, useState } from 'react';
import { useSession, useSessionView } from '../session/gate.tsx';
import { words } from '../setup/calls.ts';
import { type PulseAnswer, readPulse } from './answers.ts';

/** The managers' own calls, below the location, with the token of whoever is signed in. */

export type Reply<T> = { readonly ok: true; readonly body: T } | { readonly ok: false; readonly why: string };

export type Ask = <T>(path: string, read: (body: unknown) => T | null, body?: unknown) => Promise<Reply<T>>;

/** A question or, with a body, a request; never throws. `why` is for a person to read, empty when nobody answered. */
export function useAsk(): Ask {
  const session = useSession();
  const { location } = useSessionView();
  return useCallback(
    async (path, read, body) => {
      try {
        const response = await fetch(`/v1/locations/${location}${path}`, {
          method: body === undefined ? 'GET' : 'POST',
          headers: {
            authorization: `Bearer ${await session.token('command')}`,
            ...(body !== undefined && { 'content-type': 'application/json' }),
          },
          ...(body !== undefined && { body: JSON.stringify(body) }),
          signal: AbortSignal.timeout(10_000),
        });
        const answer: unknown = await response.json().catch(() => null);
        if (!response.ok) return { ok: false, why: words(answer) };
        const value = read(answer);
        return value === null ? { ok: false, why: '' } : { ok: true, body: value };
      } catch {
        return { ok: false, why: '' };
      }
    },
    [session, location],
  );
}

/** The lines of a time as a file on this device; false when nobody answered. */
export function useDownload(): (from: number, to: number) => Promise<boolean> {
  const session = useSession();
  const { location } = useSessionView();
  return useCallback(
    async (from, to) => {
      const [start, end] = [from, to].map((ms) => encodeURIComponent(new Date(ms).toISOString()));
      try {
        const response = await fetch(
          `/v1/locations/${location}/connections?from=${start}&to=${end}&limit=1000`,
          { headers: { authorization: `Bearer ${await session.token('command')}`, accept: 'text/csv' } },
        );
        if (!response.ok) return false;
        const link = document.createElement('a');
        link.href = URL.createObjectURL(await response.blob());
        link.download = `${location}-${new Date(from).toISOString().slice(0, 16).replaceAll(':', '')}.csv`;
        link.click();
        URL.revokeObjectURL(link.href);
        return true;
      } catch {
        return false;
      }
    },
    [session, location],
  );
}

const EVERY_MS = 5_000;

/** The pulse, asked for again every five seconds while somebody looks. `failedSince`: no answer came since then. */
export function usePulse(): { pulse: PulseAnswer | null; failed: boolean } {
  const ask = useAsk();
  const [pulse, setPulse] = useState<PulseAnswer | null>(null);
  const [failed, setFailed] = useState(false);
  const busy = useRef(false);
  useEffect(() => {
    let over = false;
    const look = (): void => {
      if (busy.current || document.visibilityState !== 'visible') return;
      busy.current = true;
      void ask('/pulse', readPulse).then((reply) => {
        busy.current = false;
        if (over) return;
        if (reply.ok) setPulse(reply.body);
        setFailed(!reply.ok);
      });
    };
    look();
    const timer = setInterval(look, EVERY_MS);
    document.addEventListener('visibilitychange', look);
    return () => {
      over = true;
      clearInterval(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, [ask]);
  return { pulse, failed };
}
