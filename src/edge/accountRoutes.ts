import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Accounts } from '../accounts/accounts.ts';
import { claimsOfDevice, pages, roleOfPage } from '../accounts/devices.ts';
import type { Page } from '../accounts/devices.ts';
import { PIN } from '../accounts/pin.ts';
import { APPROVAL_SECONDS } from '../accounts/approvals.ts';
import type { PinAnswer } from '../accounts/staff.ts';
import type { NewClaims } from '../accounts/tokens.ts';
import type { Role } from '../domain/commands.ts';
import { roles } from '../domain/commands.ts';
import { UNROUTED } from '../domain/place.ts';
import { slug, text, uuid, words } from '../domain/text.ts';
import type { LocationRow } from '../log/types.ts';
import { callerOf } from './app.ts';
import { whyNoDemo } from './demoDoor.ts';
import type { DemoGround } from './demoDoor.ts';
import { isStaff } from './door.ts';
import { parseInput, refuse, refuseField } from './problem.ts';

export type AccountRouteOptions = {
  readonly accounts: Accounts;
  readonly readLocation: (location: string) => Promise<LocationRow | null>;
  readonly listLocations: (organization?: string) => Promise<LocationRow[]>;
  /** Ids of a location's stations, to find the one that `/kitchen/fritura` means. */
  readonly stationsOf: (location: string) => Promise<readonly string[]>;
  /** Those of the draft that is being worked on: their screens are paired before it is published. */
  readonly draftStationsOf: (location: string) => Promise<readonly string[]>;
  readonly demo: DemoGround;
};

/** Seconds that a token is good for: a screen renews its own, a person's lasts a shift. */
export const TTL = { device: 900, person: 43_200, member: 900, demo: 3_600 } as const;

const pin = z.string().regex(PIN, 'must be 4 to 12 digits');
export const accountBodies = {
  demo: z.strictObject({
    page: z.enum([...pages, 'home']),
    location: slug.optional(),
    role: z.enum(roles).exclude(['guest', 'partner']).optional(),
    station: slug.optional(),
  }),
  login: z.strictObject({ email: words(254), password: words(200), organization: slug.optional() }),
  refresh: z.strictObject({ refresh: words(200), organization: slug.optional() }),
  logout: z.strictObject({ refresh: words(200) }),
  pairings: z.strictObject({ name: text(60).optional() }),
  claim: z.strictObject({ claim: words(100) }),
  device: z.strictObject({ credential: words(300) }),
  pin: z.strictObject({ pin }),
} as const;

const signedIn = (token: string, expiresIn: number, of: NewClaims) => ({
  token,
  expiresIn,
  role: of.role,
  ...(of.name !== undefined && { name: of.name }),
  ...(of.loc !== undefined && { location: of.loc }),
});

const perMinute = (max: number) => ({ rateLimit: { max, timeWindow: '1 minute' } });

/** Signing in, by password, PIN or a paired screen's credential; pairing; who am I. Secrets never travel in commands. */
export function registerAccounts(app: FastifyInstance, options: AccountRouteOptions): void {
  const { accounts, readLocation, listLocations } = options;

  app.post('/v1/accounts/demo', { config: { open: true, ...perMinute(120) } }, async (request) => {
    const why = whyNoDemo(options.demo, {
      headers: request.headers,
      remoteAddress: request.socket.remoteAddress,
      httpVersion: request.raw.httpVersion,
    });
    if (why !== null) throw refuse('forbidden', `The demo does not sign in by itself: ${why}`);
    const body = parseInput(accountBodies.demo, request.body);
    const location =
      body.location === undefined
        ? await demoLocation(options, body.station)
        : await readLocation(body.location);
    if (!location?.demo) throw refuse('not_found', 'There is no such location in the demo');
    const role = body.role ?? DEMO_ROLE[body.page];
    const person = (await accounts.staff.list(location.id)).find((one) => one.role === role);
    const claims: NewClaims = {
      sub: person === undefined ? `demo:${role}` : `staff:${person.id}`,
      org: location.organization,
      loc: location.id,
      role,
      name: person?.name ?? DEMO_NAME[role] ?? role,
      ...(body.station !== undefined && { st: [body.station] }),
      demo: true,
    };
    return signedIn(await accounts.mintToken(claims, TTL.demo), TTL.demo, claims);
  });

  const memberAnswer = async (
    member: { user: string; name: string; organization: string; role: Role } | null,
    refresh: string,
  ) => {
    if (member === null) throw refuse('unauthenticated', 'The e-mail or the password is wrong');
    const claims: NewClaims = {
      sub: `user:${member.user}`,
      org: member.organization,
      role: member.role,
      name: member.name,
    };
    return {
      ...signedIn(await accounts.mintToken(claims, TTL.member), TTL.member, claims),
      organization: member.organization,
      refresh,
    };
  };

  app.post('/v1/accounts/login', { config: { open: true, ...perMinute(10) } }, async (request) => {
    const { email, password, organization } = parseInput(accountBodies.login, request.body);
    const session = await accounts.logins.login(email, password, organization);
    return memberAnswer(session?.member ?? null, session?.refresh ?? '');
  });
  app.post('/v1/accounts/refresh', { config: { open: true, ...perMinute(60) } }, async (request) => {
    const { refresh, organization } = parseInput(accountBodies.refresh, request.body);
    const member = await accounts.logins.renew(refresh, organization);
    if (member === null) throw refuse('unauthenticated', 'Sign in again');
    return memberAnswer(member, refresh);
  });
  app.post('/v1/accounts/logout', { config: { open: true, ...perMinute(60) } }, async (request, reply) => {
    await accounts.logins.logout(parseInput(accountBodies.logout, request.body).refresh);
    return reply.code(204).send();
  });

  app.post('/v1/accounts/pairings', { config: { open: true, ...perMinute(20) } }, (request) =>
    accounts.pairings.begin(parseInput(accountBodies.pairings, request.body).name),
  );
  app.post('/v1/accounts/pairings/claim', { config: { open: true, ...perMinute(240) } }, async (request) => {
    const answer = await accounts.pairings.claim(parseInput(accountBodies.claim, request.body).claim);
    if (answer === null) throw refuse('not_found', 'This pairing is over: begin again');
    return answer;
  });

  app.post('/v1/accounts/device', { config: { open: true, ...perMinute(240) } }, async (request) => {
    const known = await accounts.devices.recognize(parseInput(accountBodies.device, request.body).credential);
    const location = known && (await readLocation(known.location));
    if (known === null || location === null)
      throw refuse('unauthenticated', 'This screen is not paired any more: pair it again');
    const claims = claimsOfDevice(location.organization, known.location, known.device);
    const { page, station } = known.device;
    return {
      ...signedIn(await accounts.mintToken(claims, TTL.device), TTL.device, claims),
      page,
      ...(station !== undefined && { station }),
    };
  });

  app.post('/v1/accounts/pin', async (request) => {
    const { claims } = callerOf(request);
    const { loc: location, dev: device, org, st, demo } = claims;
    // Without a screen of the house in hand nobody gets to try PINs.
    if (location === undefined || (device === undefined && demo !== true))
      throw refuse('forbidden', 'A PIN works on a paired screen only');
    const { pin: said } = parseInput(accountBodies.pin, request.body);
    const { person } = judged(await accounts.staff.findByPin(location, device ?? claims.sub, said));
    const next: NewClaims = {
      sub: `staff:${person.id}`,
      org,
      loc: location,
      role: person.role,
      name: person.name,
      ...(device !== undefined && { dev: device }),
      ...(st !== undefined && { st }),
      ...(demo === true && { demo }),
    };
    return signedIn(await accounts.mintToken(next, TTL.person), TTL.person, next);
  });

  app.post(
    '/v1/accounts/approvals',
    { config: { allow: ({ claims }) => staffOnly(isStaff(claims) && claims.role !== 'display') } },
    async (request) => {
      const { claims } = callerOf(request);
      const { loc: location, sub } = claims;
      if (location === undefined) throw refuse('forbidden', 'Approvals are given at a location');
      const { pin: said } = parseInput(accountBodies.pin, request.body);
      const { person } = judged(await accounts.staff.findByPin(location, claims.dev ?? sub, said));
      if (person.role !== 'owner' && person.role !== 'manager')
        throw refuse('forbidden', `${person.name} cannot approve this: it needs a manager`);
      const { approval } = await accounts.approvals.grant(location, sub, `staff:${person.id}`);
      return { approval, expiresIn: APPROVAL_SECONDS, by: person.name };
    },
  );

  app.get('/v1/me', async (request) => {
    const { sub, role, name, org, loc, dev, st, demo, exp } = callerOf(request).claims;
    const rows =
      loc === undefined
        ? await listLocations(org)
        : [await readLocation(loc)].filter((row) => row !== null && row.organization === org);
    return {
      id: sub,
      role,
      ...(name !== undefined && { name }),
      organization: org,
      ...(loc !== undefined && { location: loc }),
      locations: rows.filter((row) => row !== null).map((row) => ({ id: row.id, name: row.name })),
      ...(dev !== undefined && { device: dev }),
      ...(st !== undefined && { stations: st }),
      ...(demo === true && { demo }),
      expiresAt: new Date(exp * 1000).toISOString(),
    };
  });

  registerDevices(app, options);
}

const pairingApproval = z
  .strictObject({ name: words(60), page: z.enum(pages), station: slug.optional() })
  .refine((body) => body.page !== 'kitchen' || body.station !== undefined, {
    message: 'is missing: a kitchen screen stands at a station',
    path: ['station'],
  });
export const managerBodies = { approve: pairingApproval } as const;

function registerDevices(
  app: FastifyInstance,
  { accounts, stationsOf, draftStationsOf }: AccountRouteOptions,
): void {
  const managers = {
    allow: ({ claims }: { claims: { role: Role } }) =>
      staffOnly(claims.role === 'owner' || claims.role === 'manager', 'Only a manager may do this'),
  };

  app.get<{ Params: { location: string; code: string } }>(
    '/v1/locations/:location/pairings/:code',
    { config: managers },
    async ({ params }) => found(await accounts.pairings.look(params.location, params.code)),
  );
  app.post<{ Params: { location: string; code: string } }>(
    '/v1/locations/:location/pairings/:code/approve',
    { config: managers },
    async (request) => {
      const { params } = request;
      const approval = parseInput(pairingApproval, request.body);
      // A kitchen screen at a station that is not there would never hear an order, and nobody would know why.
      if (approval.page === 'kitchen') {
        const stations = [
          ...new Set([
            ...(await stationsOf(params.location)),
            ...(await draftStationsOf(params.location)),
            UNROUTED,
          ]),
        ];
        if (!stations.includes(approval.station ?? ''))
          throw refuseField('station', `must be one of ${stations.join(', ')}`);
      }
      return found(
        await accounts.pairings.approve(params.location, params.code, approval, callerOf(request).claims.sub),
      );
    },
  );
  app.get<{ Params: { location: string } }>(
    '/v1/locations/:location/devices',
    { config: managers },
    async ({ params }) => ({
      devices: (await accounts.devices.list(params.location)).map((device) => ({
        ...device,
        role: roleOfPage(device.page),
      })),
    }),
  );
  app.post<{ Params: { location: string; id: string } }>(
    '/v1/locations/:location/devices/:id/revoke',
    { config: managers },
    async ({ params }) => {
      const id = uuid.safeParse(params.id);
      const device = id.success ? await accounts.devices.revoke(params.location, id.data) : null;
      if (device === null) throw refuse('not_found', 'There is no such screen');
      return device;
    },
  );
}

function staffOnly(may: boolean, words = 'Not allowed for this role'): void {
  if (!may) throw refuse('forbidden', words);
}

function judged(answer: PinAnswer): Extract<PinAnswer, { ok: true }> {
  if (answer.ok) return answer;
  if (answer.why === 'wrong') throw refuse('unauthenticated', 'Nobody here has this PIN');
  throw refuse('rate_limited', `Too many wrong PINs: try again in ${answer.retryAfter} s`, {
    retryAfter: answer.retryAfter,
  });
}

function found<T>(
  answer:
    | { ok: true; value: T }
    | { ok: false; why: 'unknown' }
    | { ok: false; why: 'blocked'; retryAfter: number },
): T {
  if (answer.ok) return answer.value;
  if (answer.why === 'blocked')
    throw refuse('rate_limited', `Too many wrong codes: try again in ${answer.retryAfter} s`, {
      retryAfter: answer.retryAfter,
    });
  throw refuse('not_found', 'No screen shows this code; codes are good for ten minutes');
}

/** The first location of the demo, or the first that has the station. */
async function demoLocation(
  { listLocations, stationsOf }: AccountRouteOptions,
  station: string | undefined,
): Promise<LocationRow | null> {
  const all = (await listLocations()).filter((row) => row.demo);
  for (const row of all)
    if (station === undefined || (await stationsOf(row.id)).includes(station)) return row;
  return null;
}

const DEMO_ROLE: Record<Page | 'home', Role> = {
  kitchen: 'kitchen',
  expo: 'expo',
  pos: 'waiter',
  floor: 'waiter',
  host: 'host',
  manager: 'manager',
  board: 'display',
  setup: 'manager',
  home: 'display',
};
const DEMO_NAME: Partial<Record<Role, string>> = { kitchen: 'Kitchen', display: 'Board' };
