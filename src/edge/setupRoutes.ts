import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Accounts } from '../accounts/accounts.ts';
import type { ConfigDraft } from '../accounts/configDrafts.ts';
import { type ChannelConfig, channelConfig } from '../domain/channel/config.ts';
import type { Command } from '../domain/commands.ts';
import type { Json } from '../domain/documents.ts';
import type { Surroundings } from '../domain/lint.ts';
import type { LocationState } from '../domain/state.ts';
import { isStorable, uuid } from '../domain/text.ts';
import type { HotLocation } from '../location/hotLocation.ts';
import type { Locations } from '../location/locations.ts';
import type { LocationRow } from '../log/types.ts';
import { callerOf, placeOf } from './app.ts';
import { hashCommand } from './canonical.ts';
import type { Caller } from './door.ts';
import { checkHouse } from './houseCheck.ts';
import { parseInput, refuse, refuseField } from './problem.ts';

/** A house is set up in a draft that everybody of its managers sees, and published by one command. */

export type SetupRouteOptions = {
  readonly accounts: Pick<Accounts, 'drafts' | 'devices'>;
  readonly locations: Pick<Locations, 'open' | 'submit'>;
  readonly listLocations: (organization: string) => Promise<LocationRow[]>;
  readonly hashKey: Buffer;
  readonly now: () => number;
};

/**
 * A document may be anything while it is a draft: half of it may be missing, and an older page must not lose the rest. What
 * comes in a body is JSON as it is; a schema that says so names itself, and cannot stand in the reference.
 */
const document = z
  .record(z.string().max(64), z.custom<Json>())
  .refine((value) => isStorable(JSON.stringify(value)), 'must be well-formed Unicode without U+0000')
  .refine((value) => !JSON.stringify(value).includes('\\u0000'), 'must not contain U+0000');
const revision = z.int().min(0);
export const setupBodies = {
  save: z.strictObject({
    config: document,
    /** The revision that was read; 0 where there was no draft. */
    revision,
    /** The published version that it is made from: the draft's own, or the newest after a merge. */
    base: z.int().min(0),
  }),
  publish: z.strictObject({ revision }),
  discard: z.strictObject({ revision }),
} as const;

export const managersOnly = {
  allow: ({ claims }: Caller) => {
    if (claims.role !== 'owner' && claims.role !== 'manager')
      throw refuse('forbidden', `The role ${claims.role} may not set up the house`);
  },
};

/** Printers of so many other houses are compared. */
const MOST_HOUSES = 50;

export function registerSetup(app: FastifyInstance, options: SetupRouteOptions): void {
  const { accounts, locations } = options;
  const { drafts } = accounts;
  const base = '/v1/locations/:location/setup';

  app.get(base, { config: managersOnly }, async (request) => {
    const hot = await open(locations, request);
    const draft = await drafts.read(hot.id);
    const published = plain(hot.state.config);
    return {
      location: hot.id,
      version: hot.state.configuredAt,
      published,
      draft: draft && shownDraft(draft),
      ...(await checked(options, request, hot.state, draft?.config ?? published)),
    };
  });

  app.post(`${base}/draft`, { config: managersOnly }, async (request) => {
    const hot = await open(locations, request);
    const body = parseInput(setupBodies.save, request.body);
    const before = await drafts.read(hot.id);
    if ((before?.revision ?? 0) !== body.revision) throw savedMeanwhile(before);
    const { configuredAt } = hot.state;
    const isRebased = body.base !== before?.baseVersion;
    if (isRebased && body.base !== configuredAt)
      throw refuseField('base', `must be ${configuredAt}, the version that is published now`);
    const { claims } = callerOf(request);
    const saved = await drafts.save(
      hot.id,
      {
        config: body.config,
        base: isRebased ? plain(hot.state.config) : (before?.base ?? null),
        baseVersion: body.base,
        by: claims.sub,
        name: claims.name ?? null,
      },
      body.revision,
    );
    if (saved === null) throw savedMeanwhile(await drafts.read(hot.id));
    return {
      revision: saved.revision,
      at: saved.at,
      version: configuredAt,
      ...(await checked(options, request, hot.state, saved.config)),
    };
  });

  app.post(`${base}/discard`, { config: managersOnly }, async (request, reply) => {
    const { id } = placeOf(request);
    const { revision: known } = parseInput(setupBodies.discard, request.body);
    const before = await drafts.read(id);
    if (before !== null && !(await drafts.drop(id, known))) throw savedMeanwhile(await drafts.read(id));
    return reply.code(204).send();
  });

  app.post(`${base}/publish`, { config: managersOnly }, async (request) => {
    const hot = await open(locations, request);
    const { revision: known } = parseInput(setupBodies.publish, request.body);
    const draft = await drafts.read(hot.id);
    if (draft?.revision !== known) throw savedMeanwhile(draft);
    const { config, problems, findings } = await checkFor(options, request, hot.state, draft.config);
    const blocking = [
      ...problems,
      ...findings
        .filter(({ severity }) => severity === 'error')
        .map(({ path, happens, mend }) => ({ path, message: `${happens} ${mend}` })),
    ];
    if (config === null || blocking.length > 0)
      throw refuse('invalid_input', blocking[0]?.message ?? 'This is no configuration yet', {
        errors: blocking,
      });
    const input = { config, version: draft.baseVersion };
    const command: Command = { id: keyOf(request), name: 'location.configure', input };
    const hash = hashCommand(options.hashKey, command.name, input);
    const outcome = await locations.submit(hot.id, command, callerOf(request).actor, hash);
    if (outcome.ok) {
      await drafts.drop(hot.id, known);
      return { id: command.id, seq: outcome.seq, version: outcome.seq };
    }
    if ('unavailable' in outcome)
      throw refuse('unavailable', 'The location cannot be changed at the moment; publish again', {
        retryAfter: Math.max(1, Math.ceil(outcome.retryAfter)),
      });
    if ('reused' in outcome)
      throw refuse('idempotency_key_reused', 'This Idempotency-Key was used before, for something else');
    const { code, detail, errors } = outcome.refusal;
    throw refuse(code, detail, errors !== undefined ? { errors } : undefined);
  });
}

function keyOf(request: FastifyRequest): string {
  const parsed = uuid.safeParse(request.headers['idempotency-key']);
  if (!parsed.success) throw refuseField('Idempotency-Key', 'must be a UUID made once for this publish');
  return parsed.data;
}

async function open(locations: Pick<Locations, 'open'>, request: FastifyRequest): Promise<HotLocation> {
  const hot = await locations.open(placeOf(request).id);
  if (hot === null) throw refuse('not_found', 'There is no such location');
  return hot;
}

/** As JSON would have it: what is undefined in a parsed document is not there. */
function plain(config: LocationState['config']): Json {
  const text: Json = JSON.parse(JSON.stringify(config));
  return text;
}

function savedMeanwhile(draft: ConfigDraft | null) {
  return refuse(
    'conflict',
    draft === null
      ? 'The draft was published or thrown away meanwhile: read it again'
      : `${draft.name ?? 'Somebody else'} saved this draft meanwhile, at ${draft.at}: read it again`,
  );
}

function shownDraft({ config, base, baseVersion, revision: number, name, at }: ConfigDraft) {
  return { config, base, baseVersion, revision: number, by: name, at };
}

async function checked(
  options: SetupRouteOptions,
  request: FastifyRequest,
  state: LocationState,
  config: Json,
) {
  if (config === null) return { problems: [], findings: [] };
  const { problems, findings } = await checkFor(options, request, state, config);
  return { problems, findings };
}

async function checkFor(
  options: SetupRouteOptions,
  request: FastifyRequest,
  state: LocationState,
  config: Json,
) {
  return checkHouse(config, state, await surroundings(options, request, state), options.now());
}

async function surroundings(
  { accounts, locations, listLocations }: SetupRouteOptions,
  request: FastifyRequest,
  { soldOut }: LocationState,
): Promise<Surroundings> {
  const { id, organization, demo } = placeOf(request);
  const devices = (await accounts.devices.list(id)).filter(({ revokedAt }) => revokedAt === null);
  const others = (await listLocations(organization)).filter((row) => row.id !== id).slice(0, MOST_HOUSES);
  const printers = new Map<string, string>();
  for (const other of others) {
    const config = (await locations.open(other.id).catch(() => null))?.state.config;
    for (const { host, port } of config?.printers ?? [])
      if (host !== undefined) printers.set(`${host.toLowerCase()}:${port}`, config?.name ?? other.name);
  }
  return {
    screens: demo ? 'every' : devices,
    printersElsewhere: printers,
    soldOutOptions: new Set(Object.keys(soldOut.options)),
  };
}

/** Stations of the draft as well: a screen is paired before what it shows is published. */
export async function stationsOfDraft(drafts: Accounts['drafts'], location: string): Promise<string[]> {
  const config = (await drafts.read(location))?.config;
  const stations = z.object({ stations: z.array(z.object({ id: z.string() })) }).safeParse(config);
  return stations.success ? stations.data.stations.map(({ id }) => id) : [];
}

/** Channels of the draft, as far as they are whole. */
export async function channelsOfDraft(
  drafts: Accounts['drafts'],
  location: string,
): Promise<ChannelConfig[]> {
  const config = (await drafts.read(location))?.config;
  const channels = z.object({ channels: z.array(z.unknown()) }).safeParse(config);
  if (!channels.success) return [];
  return channels.data.channels.flatMap((one) => channelConfig.safeParse(one).data ?? []);
}
