import { z } from 'zod';
import type { SimAnswer, SimTold } from '../integrations/simulation.ts';
import type { CallCounts } from './api.ts';
import type { DeliveryCounts } from './deliveries.ts';
import { type DeskRequest, HostStopped, type SimHost, UnknownStory } from './host.ts';

/**
 * The desk of a host: how `heard sim` tells stories in a process that has the simulators already, the demo's. It answers
 * this machine alone, and no page in a browser: neither one that guesses the port nor one whose name leads here.
 */

const MARK = 'x-heard-sim';
const LOOK_MS = 2_000;
const LOOPBACK = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/;

const wish = z.strictObject({
  path: z.string(),
  story: z.string(),
  options: z.record(z.string(), z.string()).default({}),
});

export async function answerDesk(host: SimHost, request: DeskRequest): Promise<SimAnswer> {
  const { method, path, query, headers, body } = request;
  if (headers[MARK] !== '1' || !LOOPBACK.test(headers['host'] ?? ''))
    return { status: 403, body: { message: 'only `heard sim` on this machine may ask' } };
  if (method === 'GET' && path === '')
    return {
      status: 200,
      body: {
        channels: host
          .list()
          .map(({ path: at, provider, stories, baseUrl }) => ({ path: at, provider, stories, baseUrl })),
      },
    };
  if (method === 'GET' && path === 'said')
    return { status: 200, body: { lines: host.said(Number(query.get('after') ?? 0) || 0) } };
  const read = method === 'POST' ? wish.safeParse(jsonOf(body)) : undefined;
  const at = host.find(read?.data?.path ?? query.get('path') ?? '');
  if (at === undefined) return { status: 404, body: { message: 'there is no such simulator here' } };
  if (method === 'GET' && path === 'told')
    return { status: 200, body: { told: at.told(), counts: at.counts } };
  if (path !== 'tell' || read?.data === undefined)
    return { status: 400, body: { message: 'this is not a wish' } };
  try {
    return { status: 200, body: await at.tell(read.data.story, read.data.options) };
  } catch (error) {
    if (error instanceof UnknownStory) return { status: 404, body: { message: error.message } };
    if (error instanceof HostStopped) return { status: 503, body: { message: error.message } };
    throw error;
  }
}

/** One channel of a host in another process. */
export type DeskClient = {
  readonly stories: readonly string[];
  tell(story: string, options: Readonly<Record<string, string>>): Promise<{ readonly id: string }>;
  told(): Promise<{ told: readonly SimTold[]; counts: { deliveries: DeliveryCounts; calls: CallCounts } }>;
  /** The lines that this channel's simulator said after that one. */
  said(after: number): Promise<readonly { number: number; text: string }[]>;
};

/** The host that has this address already; null when nobody listens there, or something else. */
export async function findDesk(baseUrl: string): Promise<DeskClient | null> {
  const { origin, pathname } = new URL(baseUrl);
  const path = pathname.replace(/^\/|\/+$/g, '');
  const ask = async (to: string, body?: object, signal?: AbortSignal): Promise<unknown> => {
    const response = await fetch(`${origin}/-/${to}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { [MARK]: '1', 'content-type': 'application/json' },
      ...(signal !== undefined && { signal }),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const said = (await response.json()) as { message?: string };
    if (!response.ok) throw new UnknownStory(said.message ?? `the host answered ${response.status}`);
    return said;
  };
  // Another program may listen there, and say nothing.
  const here = await ask('', undefined, AbortSignal.timeout(LOOK_MS)).catch(() => null);
  const channels = (here as { channels?: { path: string; stories: string[] }[] } | null)?.channels;
  const found = channels?.find((one) => one.path === path);
  if (found === undefined) return null;
  return {
    stories: found.stories,
    tell: async (story, options) => (await ask('tell', { path, story, options })) as { id: string },
    told: async () =>
      (await ask(`told?path=${encodeURIComponent(path)}`)) as Awaited<ReturnType<DeskClient['told']>>,
    async said(after) {
      const { lines } = (await ask(`said?after=${after}`)) as {
        lines: { number: number; path: string; text: string }[];
      };
      return lines.filter((line) => line.path === path);
    },
  };
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
