import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { instant, uuid, words } from '../domain/text.ts';
import type { ConnectionRow } from '../ops/connectionTable.ts';
import { localClock, readLocalTime } from '../ops/localTime.ts';
import { STORY_MS, tellStory } from '../ops/story.ts';
import { eventsBetween } from '../ops/drills.ts';
import type { Seeing } from '../ops/seeing.ts';
import type { Log } from '../log/types.ts';
import type { Locations } from '../location/locations.ts';
import { toInstant } from '../domain/text.ts';
import { connectionUpload, drillWish } from '../protocol/connections.ts';
import type { ConnectionUpload } from '../protocol/connections.ts';
import { callerOf, placeOf } from './app.ts';
import type { Caller } from './door.ts';
import { csvCell, wantsCsv } from './history.ts';
import { parseInput, refuse, refuseField } from './problem.ts';
import { clientOnly, screenKey } from './reader.ts';

/** What managers see of the lines: the pulse, the connection log, the story of a minute, the plug-pull drill. */

export type SeeingRouteOptions = {
  readonly seeing: Seeing;
  readonly log: Pick<Log, 'readTail' | 'seqAt'>;
  readonly locations: Pick<Locations, 'open'>;
  readonly now: () => number;
};

const managers = {
  allow: ({ claims }: Caller) => {
    if (claims.role !== 'owner' && claims.role !== 'manager')
      throw refuse('forbidden', `The role ${claims.role} may not read this`);
  },
};

/** Guests and partners have no screen in the house. */
const staff = {
  allow: ({ claims }: Caller) => {
    if (claims.role === 'guest' || claims.role === 'partner')
      throw refuse('forbidden', `The role ${claims.role} has no screen here`);
  },
};

export const connectionsQuery = z.strictObject({
  from: instant.optional(),
  to: instant.optional(),
  screen: words(80).optional(),
  limit: z
    .string()
    .regex(/^\d{1,4}$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value > 0 && value <= 1_000, 'must be 1 to 1000')
    .default(200),
  cursor: z.string().max(200).optional(),
});
export const storyQuery = z.strictObject({ at: words(40) });

const AHEAD_MS = 60_000;
const KEPT_MS = 30 * 86_400_000;
/** A screen that came back after a night has little to tell; one that tells more than this is out of its mind. */
const UPLOADS_A_MINUTE = 30;
/** What a story looks at: an evening in which everything broke has less. */
const MOST_LINES = 5_000;
const MOST_EVENTS = 20_000;
const MOST_SCREENS = 500;
/** Orders of so long before the story's minutes have their numbers in it. */
const NUMBERS_MS = 30 * 60_000;

export function registerSeeing(app: FastifyInstance, options: SeeingRouteOptions): void {
  const { seeing, log, locations, now } = options;
  const { connections } = seeing;
  const base = '/v1/locations/:location';
  const configOf = async (location: string) => (await locations.open(location))?.state.config ?? null;

  app.post(
    `${base}/connections`,
    {
      config: {
        ...staff,
        rateLimit: {
          max: UPLOADS_A_MINUTE,
          timeWindow: '1 minute',
          keyGenerator: (request) => screenKey(request),
        },
      },
    },
    async (request, reply) => {
      const { client } = parseInput(clientOnly, request.query);
      const lines = parseInput(connectionUpload, request.body);
      takeUpload(seeing, request, client, lines, now());
      return reply.code(204).send();
    },
  );

  app.get(`${base}/connections`, { config: managers }, async (request, reply) => {
    const query = parseInput(connectionsQuery, request.query);
    const page = await connections.read(placeOf(request).id, query);
    if (page === null) throw refuseField('cursor', 'is not one of this list');
    if (wantsCsv(request)) return sendCsv(reply, page);
    return page;
  });

  app.get(`${base}/connections/story`, { config: managers }, async (request) => {
    const { id } = placeOf(request);
    const config = await configOf(id);
    const zone = config?.timezone ?? 'UTC';
    const { at: said } = parseInput(storyQuery, request.query);
    const at = readLocalTime(said, zone, now());
    if (at === null)
      throw refuseField('at', 'must be a time such as 19:42, 2026-03-13T19:42 or an RFC 3339 time');
    const to = toInstant(at + STORY_MS + 1);
    const page = await connections.read(id, {
      from: toInstant(at - STORY_MS),
      to,
      limit: MOST_LINES,
    });
    const events = await eventsBetween(log, id, toInstant(at - STORY_MS - NUMBERS_MS), to, MOST_EVENTS);
    return tellStory({
      at,
      connections: page?.connections ?? [],
      events,
      stations: Object.fromEntries((config?.stations ?? []).map((station) => [station.id, station.name])),
      clock: (ms) => localClock(ms, zone),
    });
  });

  app.get(`${base}/pulse`, { config: managers }, async (request) => {
    const { id } = placeOf(request);
    const config = await configOf(id);
    const canaries = seeing.canaries.last(id);
    const deaf = seeing.deaf.of(id);
    return {
      now: toInstant(now()),
      node: seeing.node,
      pulse: seeing.pulse.view(id),
      screens: seeing.watch.screens(id).slice(0, MOST_SCREENS),
      gone: seeing.watch.gone(id).slice(0, MOST_SCREENS),
      stations: (config?.stations ?? []).map((station) => ({
        id: station.id,
        name: station.name,
        deafSince: deaf[station.id] === undefined ? null : toInstant(deaf[station.id] ?? 0),
        canary: canaries[station.id] ?? null,
        ...seeing.stationTimes.of(id, station.id),
        backup: station.backup ?? null,
        printer: station.printer ?? null,
      })),
      printers: (config?.printers ?? []).map((printer) => printer.id),
      outboxes: seeing.outboxes.of(id),
    };
  });

  app.get(`${base}/drills`, { config: managers }, async (request) => ({
    drills: await seeing.drills.list(placeOf(request).id),
  }));

  app.post(`${base}/drills`, { config: managers }, async (request) => {
    const { id } = placeOf(request);
    await configOf(id);
    const drill = await seeing.drills.begin(id, parseInput(drillWish, request.body), callerOf(request).actor);
    if ('why' in drill) throw refuseField(drill.path, drill.why);
    return drill;
  });

  app.get(`${base}/drills/:id`, { config: managers }, async (request) => {
    const drill = await seeing.drills.look(placeOf(request).id, drillIn(request));
    if (drill === null) throw refuse('not_found', 'There is no such drill');
    return drill;
  });

  app.post(`${base}/drills/:id/end`, { config: managers }, async (request) => {
    const drill = await seeing.drills.end(placeOf(request).id, drillIn(request), callerOf(request).actor);
    if (drill === null) throw refuse('not_found', 'There is no such drill');
    return drill;
  });
}

function drillIn(request: FastifyRequest): string {
  const read = z.object({ id: uuid }).safeParse(request.params);
  if (!read.success) throw refuse('not_found', 'There is no such drill');
  return read.data.id;
}

/** A screen's own words go to the log under its own name; how much waits on it is remembered beside. */
function takeUpload(
  seeing: Seeing,
  request: FastifyRequest,
  client: string | undefined,
  lines: ConnectionUpload,
  now: number,
): void {
  const { id: location } = placeOf(request);
  const { claims } = callerOf(request);
  const by = claims.dev ?? claims.name ?? claims.role;
  for (const line of lines) {
    const said = line.at === undefined ? now : Date.parse(line.at);
    // A clock that is ahead does not put a line into the future, and what is older than the log is forgotten already.
    const at = said > now + AHEAD_MS ? now : said;
    if (at < now - KEPT_MS) continue;
    const screen = line.screen ?? client;
    const shared = { id: line.id, at, by, client: client ?? line.screen ?? screenKey(request), screen };
    if (line.kind === 'outbox') {
      const { depth, oldestMs } = line;
      seeing.outboxes.report(location, shared.client, { depth, oldestMs });
      if (depth > 0)
        seeing.connections.write(location, { ...shared, kind: 'outbox', detail: { depth, oldestMs } });
      continue;
    }
    const { topic, from, to, cause, durationMs, gap, replayed, transport, code } = line;
    seeing.connections.write(location, {
      ...shared,
      kind: 'screen',
      topic,
      from,
      to,
      cause,
      durationMs,
      gap,
      replayed,
      transport,
      code,
    });
  }
}

const CSV_COLUMNS = [
  'at',
  'kind',
  'screen',
  'client',
  'by',
  'topic',
  'from',
  'to',
  'cause',
  'code',
  'durationMs',
  'gap',
  'replayed',
  'transport',
  'node',
  'id',
] as const;

function sendCsv(
  reply: FastifyReply,
  { connections, next }: { connections: readonly ConnectionRow[]; next: string | null },
): FastifyReply {
  const lines = [
    CSV_COLUMNS.join(','),
    ...connections.map((row) => CSV_COLUMNS.map((column) => csvCell(row[column] ?? null)).join(',')),
  ];
  if (next !== null) void reply.header('link', `<?cursor=${next}>; rel="next"`);
  return reply.type('text/csv; charset=utf-8').send(`${lines.join('\r\n')}\r\n`);
}
