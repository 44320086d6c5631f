import type { FastifyRequest } from 'fastify';
import type { Claims, TokenReading } from '../accounts/tokens.ts';
import type { Actor } from '../domain/commands.ts';
import { mayRead, topicKind } from '../domain/rights.ts';
import type { LocationRow } from '../log/types.ts';
import { refuse } from './problem.ts';

/** Who stands at the door, by a token that was good a moment ago. */
export type Caller = { readonly claims: Claims; readonly actor: Actor };

export type Door = {
  /** Reads `Authorization: Bearer …`. Throws 401 for none, a forged, expired or revoked one. */
  identify(request: FastifyRequest): Promise<Caller>;
  /** The same for a token said elsewhere (a socket's hello). */
  read(
    token: string,
  ): Promise<{ ok: true; caller: Caller } | { ok: false; why: 'expired' | 'refused' | 'revoked' }>;
  /**
   * The location, if this caller may enter it. Throws 404 for another tenant's as for one that does not exist: nobody
   * learns who else is here.
   */
  enter(caller: Caller, location: string): Promise<Place>;
};

export type Place = { readonly id: string; readonly organization: string; readonly demo: boolean };

export type DoorOptions = {
  readonly readToken: (token: string) => Promise<TokenReading>;
  /** The device or the person was sent away after the token was made. */
  readonly isRevoked: (claims: Claims) => boolean;
  readonly readLocation: (location: string) => Promise<LocationRow | null>;
  readonly now?: () => number;
};

/** Tokens of ours have a few hundred bytes. */
const LONGEST_TOKEN = 8_192;
const BEARER = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i;
/** How long "there is no such location" is believed. */
const NOWHERE_MS = 2_000;
const MOST_NOWHERES = 10_000;

/** The one place that says who a caller is and where it may go. */
export function createDoor({ readToken, isRevoked, readLocation, now = Date.now }: DoorOptions): Door {
  // A location never changes its organization; that one does not exist is believed for a moment only.
  const places = new Map<string, Place>();
  const nowhere = new Map<string, number>();

  const find = async (location: string): Promise<Place | null> => {
    const known = places.get(location);
    if (known !== undefined) return known;
    if ((nowhere.get(location) ?? 0) > now()) return null;
    const row = await readLocation(location);
    if (row === null) {
      if (nowhere.size >= MOST_NOWHERES) nowhere.clear();
      nowhere.set(location, now() + NOWHERE_MS);
      return null;
    }
    const place = { id: row.id, organization: row.organization, demo: row.demo };
    places.set(location, place);
    return place;
  };

  const read: Door['read'] = async (token) => {
    if (token.length > LONGEST_TOKEN) return { ok: false, why: 'refused' };
    const reading = await readToken(token);
    if (!reading.ok) return reading;
    if (isRevoked(reading.claims)) return { ok: false, why: 'revoked' };
    return { ok: true, caller: { claims: reading.claims, actor: actorOf(reading.claims) } };
  };

  return {
    read,
    async identify(request) {
      const header = request.headers.authorization;
      if (header === undefined)
        throw refuse('unauthenticated', 'This call needs the header Authorization: Bearer <token>');
      const token = BEARER.exec(header)?.[1];
      if (token === undefined)
        throw refuse('unauthenticated', 'The header Authorization must be: Bearer <token>');
      const result = await read(token);
      if (result.ok) return result.caller;
      throw refuse('unauthenticated', WHY[result.why]);
    },
    async enter({ claims }, location) {
      // Nothing is asked of the database for a place that the token does not name.
      const named = claims.loc === undefined || claims.loc === location;
      const place = named ? await find(location) : null;
      if (place === null || place.organization !== claims.org)
        throw refuse('not_found', 'There is no such location');
      return place;
    },
  };
}

const WHY = {
  expired: 'The token has expired: get a new one',
  refused: 'The token is not one of this server',
  revoked: 'This screen or person was signed out by the manager',
} as const;

/** The actor that the log remembers. */
export function actorOf(claims: Claims): Actor {
  return {
    id: claims.sub,
    role: claims.role,
    ...(claims.name !== undefined && { name: claims.name }),
    ...(claims.dev !== undefined && { device: claims.dev }),
  };
}

/** May this caller read the topic? A guest reads its own order and nothing else. */
export function mayReadTopic(claims: Claims, topic: string): boolean {
  if (!mayRead(claims.role, topic)) return false;
  return topicKind(topic) !== 'order' || claims.role !== 'guest' || topic === `order:${claims.ord ?? ''}`;
}

/** Roles that work in the house: only they are shown how a thing stands when a command is refused. */
export function isStaff(claims: Claims): boolean {
  return claims.role !== 'guest' && claims.role !== 'partner';
}
