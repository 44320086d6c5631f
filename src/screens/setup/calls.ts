import { field } from '../pos/reading.ts';

/** What the set-up page asks of the server: signing in as a person with a password, and the screens of a location. */

export type Refused = {
  readonly ok: false;
  readonly why: string;
  readonly retryAfter: number | null;
  /** Of the answer; null: nobody answered. */
  readonly status: number | null;
};
export type Reply<T> = { readonly ok: true; readonly body: T } | Refused;

export type Member = { readonly token: string; readonly refresh: string; readonly name: string };
export type PlaceName = { readonly id: string; readonly name: string };
export type Waiting = {
  readonly code: string;
  readonly name: string | null;
  readonly expiresAt: string;
  readonly approved: boolean;
};
export type Device = {
  readonly id: string;
  readonly name: string;
  readonly page: string;
  readonly station: string | null;
  readonly lastSeenAt: string | null;
  readonly revokedAt: string | null;
};

/** A call with JSON in and out; never throws. `why` is for a person to read. */
export async function call<T>(
  path: string,
  read: (body: unknown) => T | null,
  options: { token?: string; body?: unknown; idempotencyKey?: string },
): Promise<Reply<T>> {
  let response: Response;
  try {
    response = await fetch(path, {
      method: options.body === undefined ? 'GET' : 'POST',
      headers: {
        ...(options.body !== undefined && { 'content-type': 'application/json' }),
        ...(options.token !== undefined && { authorization: `Bearer ${options.token}` }),
        ...(options.idempotencyKey !== undefined && { 'idempotency-key': options.idempotencyKey }),
      },
      ...(options.body !== undefined && { body: JSON.stringify(options.body) }),
      signal: AbortSignal.timeout(10_000),
    });
  } catch {
    return { ok: false, why: '', retryAfter: null, status: null };
  }
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok) {
    const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
    return {
      ok: false,
      why: words(body),
      retryAfter: Number.isFinite(retryAfter) ? retryAfter : null,
      status: response.status,
    };
  }
  const value = read(body);
  return value === null
    ? { ok: false, why: '', retryAfter: null, status: response.status }
    : { ok: true, body: value };
}

export const setupCalls = {
  login: (email: string, password: string): Promise<Reply<Member>> =>
    call('/v1/accounts/login', readMember, { body: { email, password } }),
  refresh: (refresh: string): Promise<Reply<Member>> =>
    call('/v1/accounts/refresh', readMember, { body: { refresh } }),
  logout: (refresh: string): Promise<Reply<true>> =>
    call('/v1/accounts/logout', () => true as const, { body: { refresh } }),
  places: (token: string): Promise<Reply<PlaceName[]>> => call('/v1/me', readPlaces, { token }),
  stations: (token: string, location: string): Promise<Reply<PlaceName[]>> =>
    call(`/v1/locations/${location}/snapshot?topic=kitchen`, readStations, { token }),
  look: (token: string, location: string, code: string): Promise<Reply<Waiting>> =>
    call(`/v1/locations/${location}/pairings/${encodeURIComponent(code)}`, readWaiting, { token }),
  approve: (
    token: string,
    location: string,
    code: string,
    given: { name: string; page: string; station?: string },
  ): Promise<Reply<Waiting>> =>
    call(`/v1/locations/${location}/pairings/${encodeURIComponent(code)}/approve`, readWaiting, {
      token,
      body: given,
    }),
  devices: (token: string, location: string): Promise<Reply<Device[]>> =>
    call(`/v1/locations/${location}/devices`, readDevices, { token }),
  revoke: (token: string, location: string, id: string): Promise<Reply<true>> =>
    call(`/v1/locations/${location}/devices/${id}/revoke`, () => true as const, { token, body: {} }),
};

/** What a refusal says, with the fields it names. */
export function words(problem: unknown): string {
  const errors = field(problem, 'errors');
  const named = (Array.isArray(errors) ? errors : []).flatMap((error: unknown) => {
    const [path, message] = [field(error, 'path'), field(error, 'message')];
    return typeof path === 'string' && typeof message === 'string' ? [`${path} ${message}`] : [];
  });
  const detail = field(problem, 'detail');
  return named.length > 0 ? named.join('; ') : typeof detail === 'string' ? detail : '';
}

export function readMember(body: unknown): Member | null {
  const [token, refresh, name] = [field(body, 'token'), field(body, 'refresh'), field(body, 'name')];
  return typeof token === 'string' && typeof refresh === 'string'
    ? { token, refresh, name: typeof name === 'string' ? name : '' }
    : null;
}

export function readPlaces(body: unknown): PlaceName[] | null {
  return list(field(body, 'locations'), named);
}

export function readStations(body: unknown): PlaceName[] | null {
  return list(field(body, 'entities'), (entity) =>
    field(entity, 'kind') === 'station' && field(entity, 'id') !== 'unrouted' ? named(entity) : null,
  );
}

export function readWaiting(body: unknown): Waiting | null {
  const [code, name, expiresAt, approved] = [
    field(body, 'code'),
    field(body, 'name'),
    field(body, 'expiresAt'),
    field(body, 'approved'),
  ];
  return typeof code === 'string' && typeof expiresAt === 'string'
    ? { code, name: text(name), expiresAt, approved: approved === true }
    : null;
}

export function readDevices(body: unknown): Device[] | null {
  return list(field(body, 'devices'), (device) => {
    const known = named(device);
    const page = field(device, 'page');
    if (!known || typeof page !== 'string') return null;
    return {
      ...known,
      page,
      station: text(field(device, 'station')),
      lastSeenAt: text(field(device, 'lastSeenAt')),
      revokedAt: text(field(device, 'revokedAt')),
    };
  });
}

/** `k7mp 2qxr` → `K7MP2QXR`: how a person types what stands on a screen. */
export function cleanCode(typed: string): string {
  return typed
    .replaceAll(/[^0-9A-Za-z]/g, '')
    .toUpperCase()
    .slice(0, 8);
}

export function named(value: unknown): PlaceName | null {
  const [id, name] = [field(value, 'id'), field(value, 'name')];
  return typeof id === 'string' ? { id, name: typeof name === 'string' ? name : id } : null;
}

export function list<T>(value: unknown, read: (one: unknown) => T | null): T[] | null {
  return Array.isArray(value) ? value.flatMap((one: unknown) => read(one) ?? []) : null;
}

export function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
