import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { locationConfig } from '../../domain/config.ts';
import type { LocationState } from '../../domain/state.ts';
import { callOut } from '../outgoing.ts';
import {
  type ChannelRequest,
  type Provider,
  ProviderRefused,
  type ProviderTools,
  type Secrets,
} from '../provider.ts';
import {
  listedIn,
  type ProviderSim,
  type SimAnswer,
  type SimDelivery,
  type SimInstance,
  type SimWorld,
} from '../simulation.ts';

/** A provider's simulator on real HTTP, and an adapter's tools that reach it: for tests of single calls. */
export type SimServer = {
  readonly url: string;
  readonly sim: SimInstance;
  /** What was called, with what: `PATCH /orders/1 {"a":1}`. */
  readonly calls: readonly string[];
  /** Answers the next call, or the one `after` so many, in the simulator's place; null: the connection breaks. */
  instead(answer: SimAnswer | null, after?: number): void;
  readonly tools: ProviderTools;
  /** Gives the adapter a request as the house would. */
  send(request: Omit<ChannelRequest, 'channel'> & { act: string }): Promise<void>;
  /** Reports of the adapter. */
  readonly reports: readonly string[];
  /** Ms that the clock is ahead. */
  skip(ms: number): void;
  stop(): Promise<void>;
};

const DISHES: SimWorld['menu'] = [
  { id: 'empanada', name: 'Empanada', price: 425, options: [{ id: 'aji', name: 'Ají', price: 50 }] },
  { id: 'limonada', name: 'Limonada', price: 300, options: [] },
];

export async function startSimServer(
  provider: Provider,
  proto: ProviderSim,
  options: {
    readonly secrets: Secrets;
    readonly store?: string;
    readonly menu?: SimWorld['menu'];
    /** Of the simulator, where they are not those of the house. */
    readonly simSecrets?: Secrets;
    /** The house's door. Default: every delivery is answered as the adapter says. */
    readonly deliver?: (delivery: SimDelivery) => Promise<{ status: number; body: string }>;
    readonly config?: Readonly<Record<string, unknown>>;
    /** What the house knows. Default: asking for it fails. */
    readonly state?: () => Promise<LocationState>;
  },
): Promise<SimServer> {
  let ahead = 0;
  let seed = 7;
  const now = (): number => Date.now() + ahead;
  const queue: (SimAnswer | null | undefined)[] = [];
  const calls: string[] = [];
  const reports: string[] = [];
  const stopping = new AbortController();
  const server = createServer((request, response) => {
    void answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const sim = proto.create({
    secrets: options.simSecrets ?? options.secrets,
    store: options.store ?? 'loc_pearl',
    self: url,
    hook: 'http://house.example/hooks/x/y',
    now,
    random: () => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed / 2_147_483_648;
    },
    deliver: options.deliver ?? (async (delivery) => answered(provider, delivery, options.secrets, now())),
    sleep: (ms) => sleep(Math.min(ms, 5), undefined, { signal: stopping.signal }),
    menu: options.menu ?? DISHES,
    listed: listedIn(options.menu ?? DISHES),
    say: () => undefined,
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const at = new URL(request.url ?? '/', url);
    calls.push(`${request.method ?? ''} ${at.pathname}${body.length > 0 ? ` ${body.toString()}` : ''}`);
    const instead = queue.shift();
    if (instead === null) return void request.socket.destroy();
    const {
      status,
      headers,
      body: said,
    } = instead ??
    (await sim.answer({
      method: request.method ?? '',
      path: at.pathname,
      query: Object.fromEntries(at.searchParams),
      headers: Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      ),
      body,
    }));
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof said === 'object' ? JSON.stringify(said) : said);
  }

  const tools = toolsFor(provider, url, options, now, reports);
  return {
    url,
    sim,
    calls,
    reports,
    tools,
    instead: (one, after = 0) => void queue.push(...Array<undefined>(after), one),
    send: async (request) => provider.send?.({ channel: 'it', ...request }, tools),
    skip: (ms) => void (ahead += ms),
    async stop() {
      stopping.abort();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** How a request was refused for good; fails where it was taken, or is to be tried again. */
export async function refusal(sent: Promise<void>): Promise<ProviderRefused> {
  const error: unknown = await sent.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ProviderRefused)) throw new Error(`no refusal: ${String(error)}`);
  return error;
}

function answered(
  provider: Provider,
  delivery: SimDelivery,
  secrets: Secrets,
  now: number,
): { status: number; body: string } {
  const parsed = {
    method: 'POST' as const,
    url: 'http://house.example/hooks/x/y',
    query: {},
    headers: delivery.headers,
    raw: delivery.body,
    body: JSON.parse(delivery.body.toString()) as unknown,
  };
  if (!provider.verify(parsed, secrets, now).ok) return { status: 401, body: '' };
  const { event, key = '' } = provider.read(parsed);
  const receivedAt = new Date(now).toISOString();
  const { status } = provider.answer({ ...parsed, id: '1', event, key, receivedAt, attempt: 0 }, 'stored');
  return { status, body: '' };
}

function toolsFor(
  provider: Provider,
  url: string,
  options: Parameters<typeof startSimServer>[2],
  now: () => number,
  reports: string[],
): ProviderTools {
  const config = locationConfig.parse({
    name: 'Brasa',
    stations: [{ id: 'horno', name: 'Horno' }],
    menu: {
      categories: [{ id: 'food', name: 'Food' }],
      items: [{ id: 'empanada', name: 'Empanada', category: 'food', price: 425 }],
    },
    channels: [
      {
        id: 'it',
        provider: provider.id,
        name: provider.name,
        ...(options.store !== undefined && { store: options.store }),
      },
    ],
    ...options.config,
  });
  const [channel] = config.channels;
  if (channel === undefined) throw new Error('there is no channel');
  const tokens = new Map<string, { value: string; expiresAt: number }>();
  const notHere = () => Promise.reject(new Error('there is no house behind these tools'));
  return {
    location: 'brasa',
    organization: 'demo',
    channel,
    config,
    secrets: options.secrets,
    state: options.state ?? notHere,
    submit: notHere,
    submitInner: notHere,
    idOf: (...words) => words.join('/'),
    call: (request) => callOut({ bases: provider.environments?.production ?? {}, simulator: url }, request),
    tokens: {
      async get(name, renew) {
        const held = tokens.get(name);
        if (held !== undefined && held.expiresAt - now() > 60_000) return held.value;
        const token = await renew();
        tokens.set(name, token);
        return token.value;
      },
      async forget(name, value) {
        if (tokens.get(name)?.value === value) tokens.delete(name);
      },
    },
    live: () => undefined,
    now,
    report: (message) => void reports.push(message),
    signal: AbortSignal.timeout(60_000),
  };
}
