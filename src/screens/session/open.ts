import type { Role } from '../../domain/commands.ts';
import { accountCalls } from './calls.ts';
import { deviceStore, readClaims, takeTokenFromAddress, type Credential } from './device.ts';
import { createSession, type Session } from './session.ts';

/** How a page finds out who it is, in this order: a token in the address, its credential, the demo, else pairing. */

export type Wanted = { page: string; location?: string; station?: string };
export type Opened =
  | { kind: 'open'; session: Session }
  | { kind: 'pair' }
  | { kind: 'unreachable' }
  | { kind: 'refused'; detail: string };

/** The location asked for in the address: `?location=brasa`. */
export function wantedLocation(): string | undefined {
  return new URLSearchParams(location.search).get('location') ?? undefined;
}

/** What a paired screen may do by itself, as the server sees it; waiters' tablets show nothing before a PIN. */
const PAGE_ROLES: Record<string, Role> = { kitchen: 'kitchen', expo: 'expo' };

export async function openSession(wanted: Wanted, onRevoked: () => void): Promise<Opened> {
  const handed = takeTokenFromAddress();
  if (handed !== null) deviceStore.setToken(handed);
  const token = handed ?? deviceStore.token();
  if (token !== null) return byToken(token, wanted);

  const credential = deviceStore.credential();
  if (credential !== null) return { kind: 'open', session: byCredential(credential, wanted, onRevoked) };

  if (new URLSearchParams(location.search).has('pair')) return { kind: 'pair' };
  return byDemo(wanted);
}

function byToken(token: string, wanted: Wanted): Opened {
  const claims = readClaims(token);
  const place = wanted.location ?? claims?.loc;
  if (place === undefined) return { kind: 'refused', detail: 'The token names no location; add ?location=.' };
  const role = (claims?.role ?? 'display') as Role;
  const until = (claims?.exp ?? Number.POSITIVE_INFINITY) * 1000;
  const session = createSession({
    place: { location: place, station: wanted.station, role, name: claims?.name },
    self: `token:${claims?.sub ?? ''}`,
    source: () =>
      Promise.resolve({
        refused: false,
        body: {
          token,
          expiresIn: Math.min(86_400, (until - Date.now()) / 1000),
          role,
          name: claims?.name,
          location: place,
        },
      }),
    calls: accountCalls,
    now: Date.now,
    onRevoked: () => undefined,
  });
  return { kind: 'open', session };
}

/** A paired screen opens without asking first: the board must come up when the server does not answer. */
export function byCredential(credential: Credential, wanted: Wanted, onRevoked: () => void): Session {
  return createSession({
    place: {
      location: credential.location,
      station: wanted.station ?? credential.station,
      role: PAGE_ROLES[credential.page] ?? 'display',
    },
    self: `device:${credential.device}`,
    turn: deviceStore.turn,
    source: () => accountCalls.device(credential.credential),
    calls: accountCalls,
    now: Date.now,
    onRevoked() {
      deviceStore.forgetCredential();
      onRevoked();
    },
  });
}

async function byDemo(wanted: Wanted): Promise<Opened> {
  const ask = {
    page: wanted.page,
    ...(wanted.location !== undefined && { location: wanted.location }),
    ...(wanted.station !== undefined && { station: wanted.station }),
  };
  const first = await accountCalls.demo(ask);
  const last = deviceStore.last(wanted.page);
  if (first === 'unreachable') {
    if (last === null || (wanted.location !== undefined && wanted.location !== last.location))
      return { kind: 'unreachable' };
  } else if (first.refused) {
    if (first.code === 'not_found' && wanted.location !== undefined)
      return { kind: 'refused', detail: first.detail };
    return first.status === 429 ? { kind: 'unreachable' } : { kind: 'pair' };
  } else {
    deviceStore.setLast(wanted.page, {
      location: first.body.location,
      role: first.body.role,
      station: wanted.station,
    });
  }
  const place =
    first === 'unreachable' || first.refused
      ? { location: last?.location ?? '', role: (last?.role ?? 'display') as Role, name: undefined }
      : first.body;
  let unused = first === 'unreachable' ? null : first;
  const session = createSession({
    place: { location: place.location, station: wanted.station, role: place.role, name: place.name },
    self: `demo:${place.role}`,
    turn: deviceStore.turn,
    source() {
      const reply = unused;
      unused = null;
      return reply === null ? accountCalls.demo(ask) : Promise.resolve(reply);
    },
    calls: accountCalls,
    now: Date.now,
    onRevoked: () => undefined,
  });
  return { kind: 'open', session };
}
