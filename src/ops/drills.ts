import type { Actor, Command } from '../domain/commands.ts';
import type { LocationConfig } from '../domain/config.ts';
import { type LoggedEvent, readEvent } from '../domain/events.ts';
import { nameId } from '../domain/ids.ts';
import { printerOf } from '../domain/ladder.ts';
import { toInstant } from '../domain/text.ts';
import type { Log } from '../log/types.ts';
import type { ConnectionLog } from './connectionLog.ts';
import type { ConnectionRow } from './connectionTable.ts';
import { type Drill, type DrillResult, type DrillStep, measureDrill } from './drillScore.ts';
import { lineId } from './streamWatch.ts';

/**
 * Runs the plug-pull drill: places its order, clearly marked, when there is something to see of it, takes it back in the
 * end, and keeps the result in the connection log. A drill that a restart interrupts goes on: all of it is in the logs.
 */

/** Orders of this source are drills': they cost nothing and are in no report. */
export const DRILL_SOURCE = 'drill';
/** A drill that nobody ended is ended after this. */
const MOST_MS = 15 * 60_000;
const MOST_RUNNING = 200;
/** A drill lasts minutes: a house has fewer events in them. */
const MOST_EVENTS = 5_000;

export type DrillView = Drill & DrillResult;

export type DrillWish = {
  readonly id: string;
  readonly step: DrillStep;
  readonly station?: string | undefined;
  readonly printer?: string | undefined;
};

export type DrillsOptions = {
  readonly log: Pick<Log, 'readTail' | 'seqAt'>;
  readonly connections: ConnectionLog;
  readonly clients: (location: string) => readonly string[];
  readonly config: (location: string) => LocationConfig | null;
  readonly submit: (location: string, command: Command, actor: Actor) => Promise<unknown>;
  readonly now: () => number;
  readonly report: (message: string, detail?: Readonly<Record<string, unknown>>) => void;
};

export type Drills = {
  /** Begins; the same id again changes nothing. `why`: a field that cannot be. */
  begin(
    location: string,
    wish: DrillWish,
    actor: Actor,
  ): Promise<DrillView | { readonly why: string; readonly path: string }>;
  /** How it stands; null when there is none of this id. */
  look(location: string, id: string): Promise<DrillView | null>;
  end(location: string, id: string, actor: Actor): Promise<DrillView | null>;
  /** The last ones, newest first. */
  list(location: string): Promise<DrillView[]>;
  /** Does what is due in running drills; call every second. */
  sweep(): Promise<void>;
};

export function createDrills(options: DrillsOptions): Drills {
  const { log, connections, now, report } = options;
  const running = new Map<string, { location: string; drill: Drill; actor: Actor; isPlaced: boolean }>();
  let sweeping = false;

  async function measure(location: string, drill: Drill): Promise<DrillView> {
    const from = toInstant(drill.startedAt - 1_000);
    const to = toInstant((drill.endedAt ?? now()) + 1_000);
    const page = await connections.read(location, {
      from,
      to,
      kinds: ['stream', 'station', 'node'],
      limit: 2_000,
    });
    const events = await eventsBetween(log, location, from, to, MOST_EVENTS);
    return { ...drill, ...measureDrill(drill, { connections: page?.connections ?? [], events }) };
  }

  async function find(location: string, id: string): Promise<Drill | null> {
    const ended = await connections.read(location, { kinds: ['drill'], id: lineId('drill', id), limit: 1 });
    const begun =
      ended?.connections[0] ??
      (await connections.read(location, { kinds: ['drill'], id, limit: 1 }))?.connections[0];
    return begun === undefined ? null : drillOf(begun);
  }

  async function place(location: string, drill: Drill, actor: Actor): Promise<void> {
    const station = drill.station ?? options.config(location)?.stations[0]?.id;
    if (station === undefined) return;
    const placed = await options.submit(
      location,
      {
        id: nameId('drill-place', drill.id),
        name: 'order.place',
        input: {
          order: {
            id: drill.order,
            type: 'counter',
            source: DRILL_SOURCE,
            displayId: 'DRILL',
            allergies: [],
            items: [
              {
                id: nameId('drill-item', drill.id),
                name: 'DRILL: DO NOT COOK',
                price: 0,
                qty: 1,
                station,
                modifiers: [],
                allergies: [],
                hold: false,
              },
            ],
          },
        },
      },
      actor,
    );
    const ticket = ticketOf(placed);
    if (drill.step !== 'printer' || ticket === null) return;
    const print = { ticket, ...(drill.printer !== null && { printer: drill.printer }) };
    await options.submit(
      location,
      { id: nameId('drill-print', drill.id), name: 'ticket.print', input: print },
      actor,
    );
  }

  async function finish(location: string, drill: Drill, actor: Actor): Promise<DrillView> {
    running.delete(drill.id);
    if (drill.step !== 'server')
      await options.submit(
        location,
        {
          id: nameId('drill-cancel', drill.id),
          name: 'order.cancel',
          input: { order: drill.order, reason: 'drill' },
        },
        actor,
      );
    const ended = { ...drill, endedAt: now() };
    if (drill.step !== 'server') await clear(location, ended, actor);
    const view = await measure(location, ended);
    write(connections, location, ended, lineId('drill', drill.id), view);
    return view;
  }

  /** A cancelled ticket stays struck through until somebody has seen it: here somebody has. */
  async function clear(location: string, drill: Drill, actor: Actor): Promise<void> {
    const from = toInstant(drill.startedAt - 1_000);
    const events = await eventsBetween(log, location, from, toInstant(now() + 1_000), MOST_EVENTS);
    for (const event of events) {
      if (event.type !== 'ticket.fired' || event.data.order !== drill.order) continue;
      const { ticket } = event.data;
      const id = nameId('drill-seen', ticket);
      await options.submit(location, { id, name: 'ticket.acknowledge', input: { ticket } }, actor);
    }
  }

  return {
    async begin(location, wish, actor) {
      const known = await find(location, wish.id);
      if (known !== null) return measure(location, known);
      const config = options.config(location);
      const wrong = refusalOf(wish, config);
      if (wrong !== null) return wrong;
      const station = wish.station ?? null;
      const printers = config?.printers ?? [];
      const printer = wish.printer ?? (station === null ? null : (printerOf(config, station) ?? null));
      const backup = config?.stations.find(({ id }) => id === station)?.backup;
      const drill: Drill = {
        id: wish.id,
        step: wish.step,
        station,
        printer: wish.step === 'printer' ? printer : null,
        order: nameId('drill-order', wish.id),
        clients: wish.step === 'server' ? [...options.clients(location)] : [],
        elsewhere: backup !== undefined || (station !== null && printerOf(config, station) !== undefined),
        spare: printers.some(({ id }) => id !== printer),
        by: actor.name ?? actor.id,
        startedAt: now(),
        endedAt: null,
      };
      write(connections, location, drill, drill.id, null);
      if (running.size < MOST_RUNNING) running.set(drill.id, { location, drill, actor, isPlaced: false });
      if (drill.step === 'printer') {
        await place(location, drill, actor);
        running.set(drill.id, { location, drill, actor, isPlaced: true });
      }
      return measure(location, drill);
    },
    async look(location, id) {
      const drill = await find(location, id);
      return drill && measure(location, drill);
    },
    async end(location, id, actor) {
      const drill = await find(location, id);
      if (drill === null) return null;
      return drill.endedAt === null ? finish(location, drill, actor) : measure(location, drill);
    },
    async list(location) {
      const page = await connections.read(location, { kinds: ['drill'], limit: 40 });
      const drills = new Map<string, Drill>();
      for (const row of page?.connections ?? []) {
        const drill = drillOf(row);
        if (drill !== null && (!drills.has(drill.id) || drill.endedAt !== null)) drills.set(drill.id, drill);
      }
      return Promise.all(
        [...drills.values()]
          .sort((a, b) => b.startedAt - a.startedAt)
          .slice(0, 20)
          .map((drill) => measure(location, drill)),
      );
    },
    async sweep() {
      if (sweeping) return;
      sweeping = true;
      try {
        for (const one of running.values()) {
          const { location, drill, actor } = one;
          if (now() - drill.startedAt > MOST_MS) await finish(location, drill, actor);
          else if (drill.step === 'screen' && !one.isPlaced) {
            // A ticket that is fired before would be heard by the screen that is about to go.
            const { checks } = await measure(location, drill);
            if (checks.find(({ check }) => check === 'deaf')?.state === 'waiting') continue;
            one.isPlaced = true;
            await place(location, drill, actor);
          }
        }
      } catch (error) {
        report('a drill could not go on', { error: error instanceof Error ? error.message : String(error) });
      } finally {
        sweeping = false;
      }
    },
  };
}

/** What of a wish cannot be; null when all can. */
function refusalOf(
  { step, station, printer }: DrillWish,
  config: LocationConfig | null,
): { why: string; path: string } | null {
  const stations = config?.stations.map(({ id }) => id) ?? [];
  const printers = config?.printers?.map(({ id }) => id) ?? [];
  if (step === 'screen' && station === undefined)
    return { path: 'station', why: 'must name the station whose screen is taken off' };
  if (station !== undefined && !stations.includes(station))
    return { path: 'station', why: `must be one of ${stations.join(', ')}` };
  if (step === 'printer' && printers.length === 0)
    return { path: 'step', why: 'cannot be printer: this location has none' };
  if (printer !== undefined && !printers.includes(printer))
    return { path: 'printer', why: `must be one of ${printers.join(', ')}` };
  return null;
}

function write(
  connections: ConnectionLog,
  location: string,
  drill: Drill,
  id: string,
  result: DrillResult | null,
): void {
  const { passed = 0, of = 0 } = result ?? {};
  connections.write(location, {
    id,
    at: drill.endedAt ?? drill.startedAt,
    kind: 'drill',
    screen: drill.station ?? drill.printer ?? undefined,
    by: drill.by,
    from: drill.endedAt === null ? 'idle' : 'running',
    to: drill.endedAt === null ? 'running' : 'done',
    cause: drill.step,
    ...(drill.endedAt !== null && { durationMs: drill.endedAt - drill.startedAt }),
    detail: { drill: { ...drill }, passed, of },
  });
}

/** A drill as it was written down; null for a line that is none. */
function drillOf({ detail }: ConnectionRow): Drill | null {
  if (typeof detail !== 'object' || detail === null || !('drill' in detail)) return null;
  // Only `write` above makes such lines.
  return detail.drill as Drill;
}

function ticketOf(outcome: unknown): string | null {
  if (typeof outcome !== 'object' || outcome === null || !('result' in outcome)) return null;
  const { result } = outcome;
  if (
    typeof result !== 'object' ||
    result === null ||
    !('tickets' in result) ||
    !Array.isArray(result.tickets)
  )
    return null;
  const [first]: unknown[] = result.tickets;
  return typeof first === 'object' && first !== null && 'id' in first && typeof first.id === 'string'
    ? first.id
    : null;
}

/** The events of a time, at most `most`; what this version does not know is left out. */
export async function eventsBetween(
  log: Pick<Log, 'readTail' | 'seqAt'>,
  location: string,
  from: string,
  to: string,
  most: number,
): Promise<LoggedEvent[]> {
  const after = await log.seqAt(location, from);
  const until = await log.seqAt(location, to);
  if (until <= after) return [];
  const stored = await log.readTail(location, after, Math.min(most, until - after));
  return stored.flatMap((one) => readEvent(one) ?? []);
}
