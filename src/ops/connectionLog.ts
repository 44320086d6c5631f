import type pg from 'pg';
import { toInstant } from '../domain/text.ts';
import { classify } from '../log/failures.ts';
import type { Service } from '../service.ts';
import { risingIds } from './uuid7.ts';
import { type ConnectionPage, type ConnectionQuestion, readConnections } from './connectionTable.ts';

/**
 * What happened to the lines, written down in batches: whoever reports never waits, and what finds no room is counted.
 */

type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain };

/** A line of the connection log, without what the table adds. */
export type ConnectionLine = {
  /** Two lines of one id are one. Made when it is left out. */
  readonly id?: string;
  /** Milliseconds since 1970 by the log's clock. Now, when it is left out. */
  readonly at?: number;
  readonly kind: 'stream' | 'screen' | 'station' | 'outbox' | 'canary' | 'drill' | 'node';
  readonly client?: string | undefined;
  readonly screen?: string | undefined;
  readonly by?: string | undefined;
  readonly topic?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly cause?: string | undefined;
  readonly code?: number | undefined;
  readonly durationMs?: number | undefined;
  readonly gap?: number | undefined;
  readonly replayed?: number | undefined;
  readonly transport?: string | undefined;
  readonly detail?: Plain | undefined;
};

export type ConnectionLogOptions = {
  /** As role heard_app. */
  readonly pool: pg.Pool;
  /** Names this node in every line. */
  readonly node: string;
  readonly now: () => number;
  readonly report: (message: string, detail?: Readonly<Record<string, unknown>>) => void;
  readonly dropped?: (count: number) => void;
  readonly flushMs?: number;
  /** Lines that may wait for the database. */
  readonly most?: number;
};

export type ConnectionLog = Service & {
  /** Takes note; never waits. False: there was no room. */
  write(location: string, line: ConnectionLine): boolean;
  /** Resolves when everything said so far is in the table, or was given up. */
  settle(): Promise<void>;
  /** A page, newest first; null for a cursor that is not one of this list. */
  read(location: string, question: ConnectionQuestion): Promise<ConnectionPage | null>;
};

type Batch = readonly [location: string, rows: object[]];

const FLUSH_MS = 1_000;
const MOST = 10_000;
const BATCH = 1_000;

const INSERT = `insert into connections
  (location_id, id, at, kind, node, client, screen, by_whom, topic, from_state, to_state, cause, code, duration_ms, gap, replayed, transport, detail)
  select $1, x.id, x.at, x.kind, $2, x.client, x.screen, x.by, x.topic, x."from", x."to", x.cause, x.code, x."durationMs", x.gap, x.replayed, x.transport, x.detail
  from jsonb_to_recordset($3::jsonb) as x
    (id uuid, at timestamptz, kind text, client text, screen text, by text, topic text, "from" text, "to" text, cause text,
     code integer, "durationMs" bigint, gap bigint, replayed integer, transport text, detail jsonb)
  on conflict do nothing`;

export function createConnectionLog(options: ConnectionLogOptions): ConnectionLog {
  const { pool, node, now, report, dropped, flushMs = FLUSH_MS, most = MOST } = options;
  let waiting = new Map<string, object[]>();
  let count = 0;
  const nextId = risingIds();
  let lost = 0;
  let timer: NodeJS.Timeout | null = null;
  let stopped = false;
  let flushing: Promise<void> = Promise.resolve();

  const lose = (lines: number): void => {
    lost += lines;
    dropped?.(lines);
  };

  const flush = async (): Promise<void> => {
    if (count === 0) return;
    const taken = [...waiting];
    waiting = new Map();
    count = 0;
    if (lost > 0) {
      report('the connection log had no room for some lines', { lines: lost });
      lost = 0;
    }
    const outcome = await insert(taken);
    if (outcome === 'failed') for (const one of taken) keep(one);
    if (outcome !== 'refused') return;
    // One location that the database refuses must not cost the others their lines.
    for (const one of taken) {
      const alone = taken.length === 1 ? 'refused' : await insert([one]);
      if (alone === 'refused') lose(one[1].length);
      else if (alone === 'failed') keep(one);
    }
  };

  /** A location after the other in one transaction: its rows are guarded by its name. `refused`: trying again is no use. */
  const insert = async (taken: readonly Batch[]): Promise<'written' | 'refused' | 'failed'> => {
    const client = await pool.connect().catch(() => null);
    if (client === null) return 'failed';
    const ignore = (): void => undefined;
    client.on('error', ignore);
    let broken = false;
    try {
      await client.query('begin');
      for (const [location, rows] of taken) {
        await client.query(`select set_config('heard.location', $1, true)`, [location]);
        for (let at = 0; at < rows.length; at += BATCH)
          await client.query(INSERT, [location, node, JSON.stringify(rows.slice(at, at + BATCH))]);
      }
      await client.query('commit');
      return 'written';
    } catch (error) {
      await client.query('rollback').catch(() => {
        broken = true;
      });
      report('lines of the connection log could not be written', {
        locations: taken.length,
        error: error instanceof Error ? error.message : String(error),
      });
      return classify(error) === 'poison' ? 'refused' : 'failed';
    } finally {
      client.off('error', ignore);
      client.release(broken);
    }
  };

  /** Puts back what could not be written, as far as there is room: its ids make a second time harmless. */
  const keep = ([location, rows]: Batch): void => {
    if (count + rows.length > most) return lose(rows.length);
    waiting.set(location, [...rows, ...(waiting.get(location) ?? [])]);
    count += rows.length;
  };

  const flushSoon = (): Promise<void> => (flushing = flushing.then(flush));

  return {
    name: 'connection log',
    async run() {
      stopped = false;
      timer = setInterval(() => void flushSoon(), flushMs);
      timer.unref();
    },
    async stop() {
      if (timer !== null) clearInterval(timer);
      timer = null;
      await flushSoon();
      stopped = true;
      if (count > 0) lose(count);
      waiting = new Map();
      count = 0;
    },
    write(location, { at = now(), id = nextId(Math.round(at)), ...line }) {
      if (stopped || count >= most) {
        lose(1);
        return false;
      }
      const rows = waiting.get(location) ?? [];
      rows.push({ ...line, id, at: toInstant(Math.round(at)) });
      waiting.set(location, rows);
      count += 1;
      return true;
    },
    settle: flushSoon,
    async read(location, question) {
      await flushSoon();
      return readConnections(pool, location, question);
    },
  };
}
