import type { SimAnswer, SimInstance, SimRequest } from '../integrations/simulation.ts';
import type { Chance } from './chance.ts';
import type { Trouble } from './trouble.ts';

/** What became of the house's calls to a channel's API. */
export type CallCounts = {
  calls: number;
  tooMany: number;
  broken: number;
  hung: number;
  dropped: number;
  /** Calls that came with a token that was good no more. */
  expired: number;
};

/** What the caller gets: an answer, a connection that breaks, or nothing until it gives up. */
export type Met = SimAnswer | 'dropped' | 'hung';

export type TroubledApi = {
  meet(request: SimRequest): Promise<Met>;
  readonly counts: CallCounts;
};

/** A provider's API on a bad evening: what goes wrong may do so before the call is carried out, or after. */
export function createTroubledApi(options: {
  readonly api: Pick<SimInstance, 'answer'>;
  readonly trouble: () => Trouble;
  readonly chance: Chance;
  /** What it knows nothing of may be its predecessor's. */
  readonly isSuccessor?: boolean;
}): TroubledApi {
  const { api, chance } = options;
  const counts: CallCounts = { calls: 0, tooMany: 0, broken: 0, hung: 0, dropped: 0, expired: 0 };
  /** Only a token that was given out here can come to its end: a fixed key would never be good again. */
  const given = new Set<string>();
  const ended = new Set<string>();

  async function carryOut(request: SimRequest): Promise<SimAnswer> {
    const answer = await api.answer(request);
    const token = tokenIn(answer.body);
    if (token !== null) given.add(token);
    const isOthers = options.isSuccessor === true && answer.status === 404 && request.method !== 'GET';
    return isOthers ? { status: 200, body: {} } : answer;
  }

  return {
    counts,
    async meet(request) {
      counts.calls += 1;
      const { tooMany, broken, hung, dropped, expired } = options.trouble();
      const token = /^Bearer (\S+)$/i.exec(request.headers['authorization'] ?? '')?.[1] ?? '';
      if (given.has(token) && chance.is(expired)) ended.add(token);
      if (ended.has(token)) {
        counts.expired += 1;
        return { status: 401, body: { code: 'unauthorized', message: 'The access token expired' } };
      }
      if (chance.is(tooMany)) {
        counts.tooMany += 1;
        return {
          status: 429,
          headers: { 'retry-after': '1' },
          body: { code: 'rate_limited', message: 'Too many calls' },
        };
      }
      if (chance.is(broken)) {
        counts.broken += 1;
        return { status: chance.is(0.5) ? 500 : 503, body: 'upstream connect error' };
      }
      for (const [kind, share] of [
        ['hung', hung],
        ['dropped', dropped],
      ] as const) {
        if (!chance.is(share)) continue;
        counts[kind] += 1;
        // The worst for the caller: it was done, and nobody said so.
        if (chance.is(0.5)) await carryOut(request);
        return kind;
      }
      return carryOut(request);
    },
  };
}

function tokenIn(body: SimAnswer['body']): string | null {
  const read = typeof body === 'string' ? parsed(body) : body;
  if (typeof read !== 'object' || read === null || !('access_token' in read)) return null;
  return typeof read.access_token === 'string' ? read.access_token : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
