import type { LoggedEvent } from '../domain/events.ts';
import { toMillis } from '../domain/text.ts';
import type { ConnectionRow } from './connectionTable.ts';

/**
 * The plug-pull drill, measured: what a pulled plug should lead to, and what the two logs say it led to. Pure. Nothing
 * is believed of whoever runs the drill but what they pulled and when they began.
 */

export type DrillStep = 'screen' | 'printer' | 'server';

export type Drill = {
  readonly id: string;
  readonly step: DrillStep;
  /** The station whose screen is taken off, or whose ticket is printed. */
  readonly station: string | null;
  readonly printer: string | null;
  /** The order that the drill itself places, and cancels in the end. */
  readonly order: string;
  /** Screens that were connected when it began. */
  readonly clients: readonly string[];
  /** There is somewhere else for the ticket to go: a backup station or a printer. */
  readonly elsewhere: boolean;
  /** There is another printer to take over. */
  readonly spare: boolean;
  readonly by: string;
  /** ms since 1970. */
  readonly startedAt: number;
  readonly endedAt: number | null;
};

export type DrillCheck = {
  readonly check:
    | 'noticed'
    | 'deaf'
    | 'elsewhere'
    | 'pass'
    | 'back'
    | 'caughtUp'
    | 'heard'
    | 'printFailed'
    | 'rerouted'
    | 'told'
    | 'restarted'
    | 'allBack'
    | 'noGap';
  /** `skipped`: the house has nothing that could do it (no second printer). */
  readonly state: 'waiting' | 'passed' | 'failed' | 'skipped';
  /** What it took, and what it may take. */
  readonly ms: number | null;
  readonly limitMs: number | null;
  readonly values: Readonly<Record<string, string | number>>;
};

export type DrillResult = {
  readonly checks: readonly DrillCheck[];
  readonly passed: number;
  readonly of: number;
  /** Nothing is waited for any more. */
  readonly isComplete: boolean;
};

export type DrillEvidence = {
  /** Lines since the drill began, any order. */
  readonly connections: readonly ConnectionRow[];
  readonly events: readonly LoggedEvent[];
};

/** What each check may take. A second of slack is for the look once a second. */
const LIMITS = {
  /** From "Start" to the line's end: the hand needs its time, and a silent line shows after 20 s. */
  noticed: 90_000,
  deaf: 21_500,
  elsewhere: 17_000,
  pass: 32_000,
  heard: 5_000,
  printFailed: 30_000,
  rerouted: 60_000,
  allBack: 12_000,
} as const;

export function measureDrill(drill: Drill, evidence: DrillEvidence): DrillResult {
  const rows = evidence.connections
    .map((row) => ({ ...row, ms: toMillis(row.at) ?? 0 }))
    .filter(({ ms }) => ms >= drill.startedAt)
    .toSorted((a, b) => a.ms - b.ms);
  const events = evidence.events.filter(({ at }) => (toMillis(at) ?? 0) >= drill.startedAt);
  const found =
    drill.step === 'screen'
      ? measureScreen(drill, rows, events)
      : drill.step === 'printer'
        ? measurePrinter(drill, events)
        : measureServer(drill, rows);
  const checks = found.map((check) =>
    // What has not come by the end did not come.
    check.state === 'waiting' && drill.endedAt !== null ? { ...check, state: 'failed' as const } : check,
  );
  const counted = checks.filter(({ state }) => state !== 'skipped');
  return {
    checks,
    passed: counted.filter(({ state }) => state === 'passed').length,
    of: counted.length,
    isComplete: counted.every(({ state }) => state !== 'waiting'),
  };
}

type Row = ConnectionRow & { readonly ms: number };

function measureScreen(drill: Drill, rows: readonly Row[], events: readonly LoggedEvent[]): DrillCheck[] {
  const topic = `station:${drill.station}`;
  const closed = rows.find((row) => row.kind === 'stream' && row.to === 'closed' && reads(row.topic, topic));
  const deaf = rows.find(
    (row) => row.kind === 'station' && row.to === 'deaf' && row.screen === drill.station,
  );
  const fired = events.find((event) => event.type === 'ticket.fired' && event.data.order === drill.order);
  const rungs = events.flatMap((event) =>
    event.type === 'ticket.unheard' && event.data.order === drill.order ? [event] : [],
  );
  const away = rungs.find(({ data }) => data.rung === 2 || data.rung === 3);
  const pass = rungs.find(({ data }) => data.rung === 4);
  const live =
    deaf &&
    rows.find(
      (row) =>
        row.kind === 'station' && row.to === 'live' && row.screen === drill.station && row.ms >= deaf.ms,
    );
  const reading =
    deaf &&
    rows.find(
      (row) => row.kind === 'stream' && row.to === 'reading' && row.topic === topic && row.ms >= deaf.ms,
    );
  const heard = events.find((event) => event.type === 'ticket.heard' && event.data.order === drill.order);
  const printed = events.some((event) => event.type === 'ticket.printed' && event.data.order === drill.order);
  const firedAt = fired && (toMillis(fired.at) ?? 0);
  return [
    timed('noticed', closed && closed.ms - drill.startedAt, LIMITS.noticed, { cause: closed?.cause ?? '' }),
    timed('deaf', deaf?.durationMs, LIMITS.deaf),
    drill.elsewhere
      ? timed('elsewhere', since(firedAt, away?.at), LIMITS.elsewhere, {
          rung: away?.data.rung ?? 0,
          to: away?.data.to ?? away?.data.printer ?? '',
        })
      : skipped('elsewhere'),
    // Paper, or a screen that painted it, ends the ladder before the pass is told.
    pass === undefined && (printed || heard !== undefined)
      ? skipped('pass')
      : timed('pass', since(firedAt, pass?.at), LIMITS.pass),
    timed('back', live && (live.durationMs ?? 0), null),
    timed('caughtUp', reading && (reading.durationMs ?? 0), null, {
      gap: reading?.gap ?? 0,
      replayed: reading?.replayed ?? 0,
      how: reading?.cause ?? '',
    }),
    timed('heard', reading && heard && Math.max(0, (toMillis(heard.at) ?? 0) - reading.ms), LIMITS.heard),
  ];
}

function measurePrinter(drill: Drill, events: readonly LoggedEvent[]): DrillCheck[] {
  const asked = events.find((event) => event.type === 'print.asked' && event.data.order === drill.order);
  const askedAt = asked && (toMillis(asked.at) ?? 0);
  const failed = events.find(
    (event) =>
      event.type === 'print.failed' &&
      event.data.order === drill.order &&
      (drill.printer === null || event.data.printer === drill.printer),
  );
  const printed = events.find(
    (event) =>
      event.type === 'ticket.printed' &&
      event.data.order === drill.order &&
      event.data.printer !== drill.printer,
  );
  const why: DrillCheck['values'] =
    failed?.type === 'print.failed' ? { printer: failed.data.printer, reason: failed.data.reason } : {};
  const where: DrillCheck['values'] =
    printed?.type === 'ticket.printed' ? { printer: printed.data.printer } : {};
  return [
    timed('printFailed', since(askedAt, failed?.at), LIMITS.printFailed, why),
    drill.spare
      ? timed('rerouted', since(askedAt, printed?.at), LIMITS.rerouted, where)
      : skipped('rerouted'),
    // The failure is an alert at the pass, here and on the tablet: it follows from the same event.
    timed('told', failed && 0, null),
  ];
}

function measureServer(drill: Drill, rows: readonly Row[]): DrillCheck[] {
  const up = rows.find((row) => row.kind === 'node' && row.to === 'up');
  const down = up && rows.findLast((row) => row.kind === 'node' && row.to === 'down' && row.ms <= up.ms);
  const after = up === undefined ? [] : rows.filter((row) => row.kind === 'stream' && row.ms >= up.ms);
  const back = new Map<string, number>();
  const anew = new Set<string>();
  for (const row of after) {
    if (row.client === undefined) continue;
    if (row.to === 'ready' && !back.has(row.client)) back.set(row.client, row.ms);
    if (row.to === 'reading' && row.cause === 'snapshot') anew.add(row.client);
  }
  const returned = drill.clients.filter((client) => back.has(client));
  const isAll = returned.length === drill.clients.length;
  const last = Math.max(0, ...returned.map((client) => back.get(client) ?? 0));
  const broken = drill.clients.filter((client) => anew.has(client));
  return [
    timed('restarted', up && (down === undefined ? 0 : up.ms - down.ms), null),
    timed('allBack', up && isAll && drill.clients.length > 0 ? last - up.ms : undefined, LIMITS.allBack, {
      screens: returned.length,
      of: drill.clients.length,
    }),
    up === undefined || !isAll
      ? waiting('noGap', null)
      : {
          check: 'noGap',
          state: broken.length === 0 ? 'passed' : 'failed',
          ms: null,
          limitMs: null,
          values: {
            screens: broken.length,
            replayed: after.reduce((sum, row) => sum + (row.replayed ?? 0), 0),
          },
        },
  ];
}

/** A stream's line names its topics, one after the other. */
function reads(topics: string | undefined, topic: string): boolean {
  return topics?.split(' ').includes(topic) ?? false;
}

function since(from: number | undefined, at: string | undefined): number | undefined {
  return from === undefined || at === undefined ? undefined : (toMillis(at) ?? 0) - from;
}

function timed(
  check: DrillCheck['check'],
  ms: number | undefined,
  limitMs: number | null,
  values: DrillCheck['values'] = {},
): DrillCheck {
  if (ms === undefined) return waiting(check, limitMs);
  return { check, state: limitMs !== null && ms > limitMs ? 'failed' : 'passed', ms, limitMs, values };
}

function waiting(check: DrillCheck['check'], limitMs: number | null): DrillCheck {
  return { check, state: 'waiting', ms: null, limitMs, values: {} };
}

function skipped(check: DrillCheck['check']): DrillCheck {
  return { check, state: 'skipped', ms: null, limitMs: null, values: {} };
}
