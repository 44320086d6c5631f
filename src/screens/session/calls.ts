import type { Role } from '../../domain/commands.ts';

/** The calls under `/v1/accounts` that a screen makes before it has a token. */

export type Refusal = { refused: true; status: number; code: string; detail: string; retryAfter?: number };
/** `unreachable`: no answer came, or the server is not ready; the same call may be made again. */
export type Reply<T> = { refused: false; body: T } | Refusal | 'unreachable';

export type Access = {
  token: string;
  expiresIn: number;
  role: Role;
  name?: string;
  location: string;
  page?: string;
  station?: string;
};
export type PersonAccess = { token: string; expiresIn: number; role: Role; name: string };
export type PairingCode = { code: string; claim: string; expiresIn: number };
export type Claimed =
  | { status: 'waiting' }
  | {
      status: 'paired';
      device: string;
      credential: string;
      location: string;
      page: string;
      station?: string;
    };

/** `POST /v1/accounts/<call>`; never throws. */
async function post<T>(call: string, body: Record<string, unknown>, token?: string): Promise<Reply<T>> {
  let response: Response;
  try {
    response = await fetch(`/v1/accounts/${call}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(10_000),
    });
  } catch {
    return 'unreachable';
  }
  if (response.status >= 500) return 'unreachable';
  const answer: unknown = await response.json().catch(() => null);
  if (typeof answer !== 'object' || answer === null) return 'unreachable';
  if (response.ok) return { refused: false, body: answer as T };
  const problem = answer as { code?: unknown; detail?: unknown; retryAfter?: unknown };
  const retryAfter =
    typeof problem.retryAfter === 'number'
      ? problem.retryAfter
      : Number(response.headers.get('retry-after') ?? Number.NaN);
  return {
    refused: true,
    status: response.status,
    code: typeof problem.code === 'string' ? problem.code : 'unknown',
    detail: typeof problem.detail === 'string' ? problem.detail : '',
    ...(Number.isFinite(retryAfter) && { retryAfter }),
  };
}

export const accountCalls = {
  demo: (wanted: { page: string; location?: string; station?: string; role?: Role }) =>
    post<Access>('demo', wanted),
  device: (credential: string) => post<Access>('device', { credential }),
  pairing: (name?: string) => post<PairingCode>('pairings', name === undefined ? {} : { name }),
  claim: (claim: string) => post<Claimed>('pairings/claim', { claim }),
  pin: (pin: string, token: string) => post<PersonAccess>('pin', { pin }, token),
  approve: (pin: string, token: string) =>
    post<{ approval: string; expiresIn: number; by: string }>('approvals', { pin }, token),
};

export type AccountCalls = typeof accountCalls;
