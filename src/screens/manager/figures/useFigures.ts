import { useCallback, useEffect, useRef, useState } from 'react';
import { useSession, useSessionView } from '../../session/gate.tsx';
import { type Reply, useAsk } from '../calls.ts';
import {
  type Figures,
  HEAT_QUERY,
  type Heat,
  type Range,
  queryOf,
  readFigures,
  readHeat,
} from './figures.ts';

/** The figures of a range, asked for again while orders come, and its reports as files. */

/** So often at most while something happens, ms. */
const EVERY_MS = 8_000;

export type Asked =
  | { readonly state: 'asking' }
  /** `failed`: they could not be asked for again. */
  | { readonly state: 'shown'; readonly figures: Figures; readonly at: number; readonly failed: boolean }
  | { readonly state: 'failed'; readonly why: string };

type Answer = { readonly query: string; readonly asked: Asked };

/** `pos`: the log's position as the page knows it; when it moves, figures that are of today move too. */
export function useFigures(range: Range, pos: number, now: () => number): Asked & { again: () => void } {
  const ask = useAsk();
  const query = queryOf(range);
  const [answer, setAnswer] = useState<Answer | null>(null);
  const seen = useRef({ pos: -1, at: 0, busy: false });
  const head = useRef(pos);
  useEffect(() => {
    head.current = pos;
  }, [pos]);

  const look = useCallback((): void => {
    seen.current = { pos: head.current, at: performance.now(), busy: true };
    void ask(`/figures?${query}`, readFigures).then((reply) => {
      seen.current.busy = false;
      setAnswer((before) => ({ query, asked: settled(before, query, reply, now()) }));
    });
  }, [ask, query, now]);
  useEffect(look, [look]);

  const shown: Asked = answer?.query === query ? answer.asked : { state: 'asking' };
  const isLive = shown.state === 'shown' && shown.figures.to >= shown.figures.today;
  useEffect(() => {
    if (!isLive) return undefined;
    const timer = setInterval(() => {
      const { pos: last, at, busy } = seen.current;
      const isDue = performance.now() - at >= EVERY_MS && head.current !== last;
      if (isDue && !busy && document.visibilityState === 'visible') look();
    }, 1_000);
    return () => clearInterval(timer);
  }, [isLive, look]);

  return { ...shown, again: look };
}

/** What the page shows after an answer: figures that could not be renewed stay, and say so. */
function settled(before: Answer | null, query: string, reply: Reply<Figures>, at: number): Asked {
  if (reply.ok) return { state: 'shown', figures: reply.body, at, failed: false };
  return before?.query === query && before.asked.state === 'shown'
    ? { ...before.asked, failed: true }
    : { state: 'failed', why: reply.why };
}

/** A mean week of the last four; `today` asks for it anew when the day turns. */
export function useHeat(today: string | null): Heat | null {
  const ask = useAsk();
  const [heat, setHeat] = useState<Heat | null>(null);
  useEffect(() => {
    if (today === null) return undefined;
    let over = false;
    void ask(`/reports/heat?${HEAT_QUERY}`, readHeat).then((reply) => {
      if (!over && reply.ok) setHeat(reply.body);
    });
    return () => {
      over = true;
    };
  }, [ask, today]);
  return heat;
}

/** A report as a file on this device, every page of it; false when nobody answered. */
export function useReportFile(): (name: string, range: Range, today: string) => Promise<boolean> {
  const session = useSession();
  const { location } = useSessionView();
  return useCallback(
    async (name, range, today) => {
      try {
        const parts: Blob[] = [];
        let cursor: string | null = '';
        while (cursor !== null) {
          const more: string = cursor === '' ? '' : `&cursor=${cursor}`;
          const response = await fetch(
            `/v1/locations/${location}/reports/${name}?${queryOf(range)}&limit=1000${more}`,
            { headers: { authorization: `Bearer ${await session.token('command')}`, accept: 'text/csv' } },
          );
          if (!response.ok) return false;
          const text = await response.text();
          // Later pages say their columns again.
          parts.push(new Blob([cursor === '' ? text : text.slice(text.indexOf('\n') + 1)]));
          cursor = /cursor=([\w-]+)/.exec(response.headers.get('link') ?? '')?.[1] ?? null;
        }
        const link = document.createElement('a');
        link.href = URL.createObjectURL(new Blob(parts, { type: 'text/csv' }));
        link.download = `${location}-${name}-${typeof range === 'object' ? range.day : range}-${today}.csv`;
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
