import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { startEmbedded } from '../log/embedded.ts';
import { migrate } from '../log/migrate.ts';
import { findPlace } from '../log/postgres-place.ts';
import { untilSo } from './patience.ts';
import type { StormReport } from './storm-child.ts';
import { openBadLine } from './unix-proxy.ts';

export type StormOptions = {
  readonly seconds: number;
  readonly nodes: number;
  readonly restarts: number;
  readonly rows: number;
};

export type StormResult = {
  /** What every node acknowledged to its clients. */
  readonly acknowledged: ReadonlySet<string>;
  readonly counts: Readonly<Record<string, number>>;
  readonly cuts: { readonly afterRequest: number; readonly anywhere: number };
  readonly restarts: number;
  /** From PostgreSQL's own log. */
  readonly deadlocks: number;
  /** What is wrong with the logs; empty is what we want. */
  readonly faults: readonly Record<string, unknown>[];
  readonly stored: ReadonlySet<string>;
  readonly events: number;
};

const SHARED = ['bar', 'brasa', 'cantina', 'delta', 'esquina', 'fonda', 'grill', 'horno'] as const;

/** Each question finds one kind of fault. */
const FAULTS: readonly string[] = [
  // Not dense, or a head that is not the last event.
  `select 'gap' as fault, l.id, l.head, count(e.seq) as events, max(e.seq) as last from locations l left join events e on e.location_id = l.id
   group by l.id having l.head <> count(e.seq) or l.head <> coalesce(max(e.seq), 0)`,
  // Doubled or torn: each command's events must be n = 1 … of, once, side by side.
  `select 'effect' as fault, location_id, command_id, array_agg(data ->> 'n' order by seq) as n from events group by location_id, command_id
   having count(*) <> max((data ->> 'of')::int) or count(distinct data ->> 'n') <> count(*) or max(seq) - min(seq) <> count(*) - 1`,
  // An effect without its result, or a result without its effects.
  `select 'result' as fault, e.location_id, e.command_id from events e left join commands c on c.location_id = e.location_id and c.id = e.command_id where c.id is null`,
  `select 'events' as fault, c.location_id, c.id from commands c where (c.result ->> 'of')::int > 0
   and not exists (select from events e where e.location_id = c.location_id and e.command_id = c.id)`,
  `select 'place' as fault, id from commands group by id having count(*) > 1`,
  `select 'time' as fault, location_id, seq from (select location_id, seq, at < lag(at) over (partition by location_id order by seq) as back from events) t where back`,
];

async function runNode(args: readonly string[]): Promise<StormReport> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'storm-child.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`A node of the storm ended with ${code}: ${errors}`);
  const report: StormReport = JSON.parse(output.trim().split('\n').at(-1) ?? '');
  return report;
}

/**
 * Several processes write the same eight logs, among many other rows, over connections that break, into a PostgreSQL that
 * is stopped hard several times and started again by its supervisor.
 */
export async function runStorm(options: StormOptions): Promise<StormResult> {
  const dataDir = await mkdtemp(join(tmpdir(), 's-'));
  let restarts = 0;
  const embedded = await startEmbedded({ dataDir, log: () => undefined, onUp: () => (restarts += 1) });
  const place = await findPlace(dataDir);
  try {
    await migrate(embedded.admin);
    const superuser = async (text: string): Promise<Record<string, unknown>[]> => {
      const client = new pg.Client({ ...embedded.admin, user: 'postgres' });
      await client.connect();
      try {
        return (await client.query<Record<string, unknown>>(text)).rows;
      } finally {
        await client.end();
      }
    };
    await superuser("insert into organizations (id, name) values ('o', 'o')");
    // So many rows that the planner takes the index: in that order, not in that of the table, rows are found and locked.
    await superuser(
      `insert into locations (id, organization_id, name) select 'row' || n, 'o', 'x' from generate_series(1, ${options.rows}) n`,
    );
    await superuser(
      `insert into locations (id, organization_id, name) select id, 'o', id from unnest('{${SHARED.join(',')}}'::text[]) id`,
    );
    await superuser('analyze');

    const line = await openBadLine(place.socketDir);
    line.cutAfterRequest = 0.01;
    const cutting = setInterval(() => line.cutOne(), 60);
    const nodes = Promise.all(
      Array.from({ length: options.nodes }, (_, node) =>
        runNode([line.host, String(node), String(options.nodes), String(options.seconds * 1000), ...SHARED]),
      ),
    );
    nodes.catch(() => undefined);
    for (let n = 0; n < options.restarts; n += 1) {
      await sleep((options.seconds * 1000) / (options.restarts + 1));
      const stopped = spawnSync(place.binaries.pgCtl, ['-D', place.pgDir, '-m', 'immediate', '-w', 'stop'], {
        ...place.user.switchTo,
        cwd: '/',
      });
      if (stopped.status !== 0) throw new Error(`pg_ctl failed: ${String(stopped.stderr)}`);
      // A slow machine brings it back late; the next stop would hit nothing.
      await untilSo(() => restarts > n, { what: () => 'PostgreSQL is started again', pollMs: 20 });
    }
    const reports = await nodes;
    clearInterval(cutting);
    await line.close();

    const counts: Record<string, number> = {};
    for (const report of reports) {
      for (const [what, n] of Object.entries(report.counts)) counts[what] = (counts[what] ?? 0) + n;
    }
    const faults = (await Promise.all(FAULTS.map(superuser))).flat();
    const stored = await superuser('select id from commands');
    const [total] = await superuser('select count(*)::int as n from events');
    return {
      acknowledged: new Set(reports.flatMap((report) => report.acknowledged)),
      counts,
      cuts: line.cuts,
      restarts,
      deadlocks: (await readFile(place.logFile, 'utf8')).split('deadlock detected').length - 1,
      faults,
      stored: new Set(stored.map((row) => String(row['id']))),
      events: Number(total?.['n']),
    };
  } finally {
    await embedded.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}
