import { useCallback, useEffect, useRef, useState } from 'react';
import { useAsk } from '../calls.ts';
import {
  type Delivery,
  type Page,
  type Status,
  queryOf,
  readPage,
  readReplayed,
  together,
} from './deliveries.ts';

/** The list, asked for again while somebody looks, and the orders to have some of it done again. */

const EVERY_MS = 4_000;

export type Deliveries = {
  /** Null: asked for, and not there yet. */
  readonly list: readonly Delivery[] | null;
  readonly open: Page['open'];
  readonly hasOlder: boolean;
  /** The last time it was asked for, no answer came. */
  readonly failed: boolean;
  older(): void;
  /** Has one done again, or all that were given up; what to tell the person. */
  replay(id: string | null): Promise<{ ok: true; count: number } | { ok: false; why: string }>;
};

type Shown = {
  readonly query: string;
  readonly fresh: readonly Delivery[];
  readonly older: readonly Delivery[];
  readonly next: string | null;
  readonly open: Page['open'];
};
const NONE = { waiting: 0, failed: 0, dead: 0 };

export function useDeliveries(filter: Status | 'all', channel: string): Deliveries {
  const ask = useAsk();
  const query = queryOf(filter, channel);
  const [shown, setShown] = useState<Shown | null>(null);
  const [failed, setFailed] = useState(false);
  const busy = useRef(false);
  const look = useCallback((): void => {
    if (busy.current) return;
    busy.current = true;
    void ask(`/deliveries?${query}`, readPage).then((reply) => {
      busy.current = false;
      setFailed(!reply.ok);
      if (reply.ok) setShown((before) => withFresh(before, query, reply.body));
    });
  }, [ask, query]);

  useEffect(() => {
    busy.current = false;
    look();
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') look();
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, [look]);

  const current = shown?.query === query ? shown : null;
  return {
    list: current === null ? null : together(current.fresh, current.older),
    open: (current ?? shown)?.open ?? NONE,
    hasOlder: (current?.next ?? null) !== null,
    failed,
    older() {
      const cursor = current?.next ?? null;
      if (cursor === null) return;
      void ask(`/deliveries?${queryOf(filter, channel, cursor)}`, readPage).then((reply) => {
        setFailed(!reply.ok);
        if (!reply.ok) return;
        setShown((before) =>
          before?.query === query
            ? { ...before, older: together(before.older, reply.body.deliveries), next: reply.body.next }
            : before,
        );
      });
    },
    async replay(id) {
      const reply = await ask(
        id === null ? '/deliveries/replay' : `/deliveries/${id}/replay`,
        readReplayed,
        {},
      );
      if (!reply.ok) return reply;
      look();
      return { ok: true, count: reply.body };
    },
  };
}

function withFresh(before: Shown | null, query: string, { deliveries, next, open }: Page): Shown {
  const older = before?.query === query ? before.older : [];
  // What was turned to before stays; only its end can be gone on from.
  return { query, fresh: deliveries, older, next: older.length > 0 ? (before?.next ?? null) : next, open };
}
