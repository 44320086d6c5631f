import { field, listAt, oneOf, textAt, wholeAt } from '../../pos/reading.ts';

/** What outside systems delivered, as the server tells it, read field by field. */

export const STATUSES = ['waiting', 'failed', 'dead', 'done', 'ignored'] as const;
export type Status = (typeof STATUSES)[number];

export type Delivery = {
  readonly id: string;
  readonly channel: string;
  readonly provider: string;
  readonly event: string;
  readonly status: Status;
  readonly receivedAt: number;
  readonly attempts: number;
  readonly repeats: number;
  readonly replays: number;
  readonly reason: string | null;
  readonly bytes: number;
};
export type Page = {
  readonly deliveries: readonly Delivery[];
  readonly next: string | null;
  readonly open: { readonly waiting: number; readonly failed: number; readonly dead: number };
};
/** One as it came. `body` is laid out when it is JSON. */
export type Whole = Delivery & {
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  readonly isText: boolean;
};

export function readPage(body: unknown): Page | null {
  const deliveries = listAt(body, 'deliveries', readDelivery);
  if (deliveries === undefined) return null;
  const open = field(body, 'open');
  return {
    deliveries,
    next: textAt(body, 'next') ?? null,
    open: {
      waiting: wholeAt(open, 'waiting') ?? 0,
      failed: wholeAt(open, 'failed') ?? 0,
      dead: wholeAt(open, 'dead') ?? 0,
    },
  };
}

export function readWhole(body: unknown): Whole | null {
  const delivery = readDelivery(body);
  const text = textAt(body, 'body');
  if (delivery === undefined || text === undefined) return null;
  const headers = field(body, 'headers');
  const isText = textAt(body, 'encoding') !== 'base64';
  return {
    ...delivery,
    headers: Object.entries(typeof headers === 'object' && headers !== null ? headers : {}).flatMap(
      ([name, value]) => (typeof value === 'string' ? [[name, value] as const] : []),
    ),
    body: isText ? laidOut(text) : text,
    isText,
  };
}

/** `{ "replayed": 3 }`. */
export function readReplayed(body: unknown): number | null {
  return wholeAt(body, 'replayed') ?? null;
}

function readDelivery(value: unknown): Delivery | undefined {
  const [id, channel, provider, event] = ['id', 'channel', 'provider', 'event'].map((name) =>
    textAt(value, name),
  );
  const status = oneOf(field(value, 'status'), STATUSES);
  const receivedAt = Date.parse(textAt(value, 'receivedAt') ?? '');
  if (
    id === undefined ||
    channel === undefined ||
    provider === undefined ||
    event === undefined ||
    status === undefined ||
    Number.isNaN(receivedAt)
  )
    return undefined;
  return {
    id,
    channel,
    provider,
    event,
    status,
    receivedAt,
    attempts: wholeAt(value, 'attempts') ?? 0,
    repeats: wholeAt(value, 'repeats') ?? 0,
    replays: wholeAt(value, 'replays') ?? 0,
    reason: textAt(value, 'reason') ?? null,
    bytes: wholeAt(value, 'bytes') ?? 0,
  };
}

/** JSON with a line a field, for a person; anything else as it is. */
function laidOut(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** The question of a filter, without its `?`. */
export function queryOf(filter: Status | 'all', channel: string, cursor?: string): string {
  const query = new URLSearchParams({ limit: '50' });
  if (filter !== 'all') query.set('status', filter);
  if (channel !== '') query.set('channel', channel);
  if (cursor !== undefined) query.set('cursor', cursor);
  return query.toString();
}

/** Pages as one list: what came anew stands first, and nothing stands twice. */
export function together(fresh: readonly Delivery[], older: readonly Delivery[]): Delivery[] {
  const known = new Set(fresh.map(({ id }) => id));
  return [...fresh, ...older.filter(({ id }) => !known.has(id))];
}

/** `412 B`, `3.4 KB`. */
export function sizeText(bytes: number): string {
  return bytes < 1024 ? `${bytes} B` : `${(bytes / 1024).toFixed(1)} KB`;
}
