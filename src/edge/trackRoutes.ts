import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { guestLinkFor, subjectOf } from '../accounts/guestLinks.ts';
import type { GuestLink, GuestLinks, PrintSlip } from '../accounts/guestLinks.ts';
import type { NewClaims } from '../accounts/tokens.ts';
import type { Role } from '../domain/commands.ts';
import { slug, uuid } from '../domain/text.ts';
import type { LocationRow } from '../log/types.ts';
import { callerOf, placeOf } from './app.ts';
import type { Caller } from './door.ts';
import { LinkLimit } from './linkLimit.ts';
import { parseInput, refuse, refuseField } from './problem.ts';

/** Links for guests: the staff make them, whoever holds one exchanges it for a short-lived right to read one order. */
export type TrackRouteOptions = {
  readonly links: GuestLinks;
  readonly mintToken: (of: NewClaims, ttlSeconds: number) => Promise<string>;
  readonly readLocation: (location: string) => Promise<LocationRow | null>;
  /** Whether the order is in memory, and until when its guest may look; null: it is not here any more. */
  readonly standing: (location: string, order: string) => Promise<{ endsAt: string | null } | null>;
  /** `HEARD_PUBLIC_URL`; without it, links name the address by which they were asked for. */
  readonly publicUrl: string | undefined;
  readonly printersOf: (location: string) => Promise<readonly { id: string; name?: string | undefined }[]>;
  /** Undefined: this server prints nothing. */
  readonly printSlip: PrintSlip | undefined;
};

/** Seconds that a guest's token is good for; the page renews it in band. */
export const GUEST_TTL = 900;
/** A whole house may sit behind one address; a link is one guest's, on a few devices. */
const PER_ADDRESS = 240;
const PER_LINK = 30;

const MAY_LINK: readonly Role[] = ['owner', 'manager', 'waiter', 'host', 'phone', 'expo'];

export const linkBody = z.strictObject({
  /** Where the link shall come out on paper. */
  printer: slug.optional(),
});
export const linkAnswer = z.object({
  url: z.string(),
  /** Where it can be printed. */
  printers: z.array(z.object({ id: z.string(), name: z.string() })),
  /** Set once the order has ended. */
  expiresAt: z.string().optional(),
});
export const revokeAnswer = z.object({ revoked: z.int() });
export const sessionAnswer = z.object({
  token: z.string(),
  expiresIn: z.int(),
  location: z.string(),
  order: z.string(),
  topic: z.string(),
});

export function registerTrack(app: FastifyInstance, options: TrackRouteOptions): void {
  const { links, mintToken, readLocation, standing } = options;
  const { now } = links;
  const perLink = new LinkLimit(PER_LINK, 60_000);

  type OfOrder = { Params: { location: string; id: string } };
  app.post<OfOrder>('/v1/locations/:location/orders/:id/link', { config: linkers }, async (request) => {
    const location = placeOf(request).id;
    const { order, endsAt } = await openOrder(location, request.params.id);
    const { printer } = parseInput(linkBody, request.body ?? {});
    const { printSlip } = options;
    const configured = printSlip === undefined ? [] : await options.printersOf(location);
    if (printer !== undefined && !configured.some(({ id }) => id === printer))
      throw refuseField('printer', noPrinter(configured));
    const url = await guestLinkFor(
      links,
      options.publicUrl ?? originOf(request),
      { location, order, madeBy: callerOf(request).actor.id },
      printer === undefined
        ? undefined
        : async (client, made) => printSlip?.(client, location, { ...made, order, printer }),
    );
    const printers = configured.map(({ id, name }) => ({ id, name: name ?? id }));
    return { url, printers, ...(endsAt !== null && { expiresAt: endsAt }) };
  });

  app.post<OfOrder>(
    '/v1/locations/:location/orders/:id/link/revoke',
    { config: linkers },
    async (request) => {
      const order = uuid.safeParse(request.params.id);
      return { revoked: order.success ? await links.revoke(placeOf(request).id, order.data) : 0 };
    },
  );

  app.post<{ Params: { token: string } }>(
    '/v1/track/:token/session',
    { config: { open: true, rateLimit: { max: PER_ADDRESS, timeWindow: '1 minute' } } },
    async (request, reply) => {
      void reply.header('referrer-policy', 'no-referrer');
      const link = await links.find(request.params.token);
      // One answer for what was never a link, was one, and is one no more: there is nothing to be learnt by trying.
      if (link === null) throw noLink();
      const wait = perLink.take(link.id, now());
      if (wait > 0)
        throw refuse('rate_limited', `Too many requests: try again in ${wait} s`, { retryAfter: wait });
      return session(link);
    },
  );

  async function openOrder(location: string, id: string): Promise<{ order: string; endsAt: string | null }> {
    const order = uuid.safeParse(id);
    const found = order.success ? await standing(location, order.data) : null;
    if (!order.success || found === null || (found.endsAt !== null && Date.parse(found.endsAt) <= now()))
      throw refuse('not_found', 'There is no such order, or it ended hours ago');
    return { order: order.data, endsAt: found.endsAt };
  }

  async function session(link: GuestLink): Promise<z.infer<typeof sessionAnswer>> {
    const [place, found] = await Promise.all([
      readLocation(link.location),
      standing(link.location, link.order),
    ]);
    if (place === null || found === null) throw noLink();
    // What had ended may go on: a dish came back.
    await links.endAt(link, found.endsAt);
    const left = found.endsAt === null ? GUEST_TTL : Math.floor((Date.parse(found.endsAt) - now()) / 1000);
    if (left <= 0) throw noLink();
    const expiresIn = Math.min(GUEST_TTL, left);
    const token = await mintToken(
      {
        sub: subjectOf(link),
        org: place.organization,
        loc: link.location,
        role: 'guest',
        ord: link.order,
      },
      expiresIn,
    );
    return { token, expiresIn, location: link.location, order: link.order, topic: `order:${link.order}` };
  }
}

const linkers = {
  allow: ({ claims }: Caller) => {
    if (!MAY_LINK.includes(claims.role))
      throw refuse('forbidden', `The role ${claims.role} makes no links for guests`);
  },
};

function noPrinter(configured: readonly { id: string }[]): string {
  const there = configured.map(({ id }) => id).join(', ');
  return `is not a printer of this location${there === '' ? ', which has none' : `: it has ${there}`}`;
}

function noLink(): ReturnType<typeof refuse> {
  return refuse('not_found', 'This link is not good, or not any more');
}

/** The address by which this server was asked: what a guest in the same house reaches too. */
function originOf(request: FastifyRequest): string {
  return `${request.protocol}://${request.host}`;
}
