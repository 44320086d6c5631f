import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { Secrets } from '../integrations/provider.ts';
import {
  listedIn,
  type ProviderSim,
  type SimAnswer,
  type SimDish,
  type SimInstance,
  type SimListed,
  type SimTold,
} from '../integrations/simulation.ts';
import { type CallCounts, createTroubledApi, type Met, type TroubledApi } from './api.ts';
import { createChance, seedOf } from './chance.ts';
import { createDeliverer, type Deliverer, type DeliveryCounts } from './deliveries.ts';
import { NO_TROUBLE, type Trouble } from './trouble.ts';

/**
 * The host of simulators: one HTTP server on this machine that is the provider's API of every channel which was given to
 * it, each below a path of its own; a channel's link names that address as its base URL.
 */
export type SimHost = {
  /** Starts listening; resolves with the origin. Port 0: any free one. */
  listen(port: number): Promise<string>;
  /** Takes a channel in. Throws when nothing listens yet, or when the path is taken. */
  add(channel: SimChannel): HostedSim;
  find(path: string): HostedSim | undefined;
  list(): readonly HostedSim[];
  /** The lines of `say` after line `after`, at most the last 200 of all. */
  said(after: number): readonly SaidLine[];
  close(): Promise<void>;
};

export type SimChannel = {
  /** Where its API is, below the origin: `brasa/uber-eats`. Empty: at the origin itself, for a host of one channel. */
  readonly path: string;
  readonly sim: ProviderSim;
  /** Where the house takes the channel's deliveries, as the provider knows it. */
  readonly hook: string;
  /** Where they are sent, when that is reached at another address from here. */
  readonly sendTo?: string;
  readonly secrets: Secrets;
  readonly store: string;
  /** As it is whenever somebody orders; never empty. */
  readonly menu: () => readonly SimDish[];
  /** All that the provider knows of the menu. Default: `menu`. */
  readonly listed?: () => readonly SimListed[];
  /** Does the provider deliver again what nobody answered? */
  readonly retries: boolean;
  readonly trouble?: Trouble;
  /** Orders of a simulator before this one are still in the house: what is said of them is taken without a word. */
  readonly isSuccessor?: boolean;
};

export type HostedSim = {
  readonly path: string;
  readonly provider: string;
  readonly baseUrl: string;
  readonly stories: readonly string[];
  /** Runs a story; resolves when the simulator's part in it is over. Throws for a story that it does not know. */
  tell(story: string, options?: Readonly<Record<string, string>>): Promise<{ readonly id: string }>;
  told(): readonly SimTold[];
  readonly counts: { readonly deliveries: DeliveryCounts; readonly calls: CallCounts };
  /** From now on. */
  meet(trouble: Trouble): void;
  /** Resolves when no delivery is held back any more. */
  settle(): Promise<void>;
};

export type SaidLine = { readonly number: number; readonly path: string; readonly text: string };

export type SimHostOptions = {
  readonly seed: number;
  readonly now: () => number;
  /** What simulators say and what the house asks them, line by line. */
  readonly say: (path: string, text: string) => void;
  /** What went wrong in a simulator itself. */
  readonly report: (message: string, detail: Readonly<Record<string, unknown>>) => void;
  /** Answers below `/-/`, for whoever steers the host from another process. */
  readonly desk?: (host: SimHost, request: DeskRequest) => Promise<SimAnswer>;
};

export type DeskRequest = {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
};

type Hosted = HostedSim & { readonly api: TroubledApi };

const ADDRESS = '127.0.0.1';
const MOST_BYTES = 4 * 1_048_576;
const KEPT_LINES = 200;
/** Longer than any caller of ours waits. */
const HUNG_MS = 30_000;

export function createSimHost(options: SimHostOptions): SimHost {
  const { seed, now, report } = options;
  const sims = new Map<string, Hosted>();
  const lines: SaidLine[] = [];
  const over = new AbortController();
  let origin: string | null = null;
  let said = 0;
  const sleep = (ms: number): Promise<void> =>
    wait(Math.max(0, ms), undefined, { signal: over.signal }).catch(() => undefined);
  // A story that is cut short by the end must not go round and round without a pause: it waits for ever.
  const sleepOrEnd = async (ms: number): Promise<void> => {
    await sleep(ms);
    if (over.signal.aborted) await new Promise<never>(() => undefined);
  };
  const ended = new Promise<never>((_resolve, reject) => {
    over.signal.addEventListener('abort', () => reject(new HostStopped('the simulators stopped')));
  });
  ended.catch(() => undefined);

  const server: Server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      report('a simulator failed', { path: request.url ?? '', error: wordsOf(error) });
      send(response, { status: 500, body: { message: 'the simulator failed' } });
    });
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', `http://${ADDRESS}`);
    const body = await readAll(request);
    if (body === null) return send(response, { status: 413, body: { message: 'too much' } });
    const headers = flat(request);
    const method = request.method ?? 'GET';
    if (url.pathname.startsWith('/-/') && options.desk !== undefined) {
      const path = url.pathname.slice('/-/'.length);
      return send(
        response,
        await options.desk(host, { method, path, query: url.searchParams, headers, body }),
      );
    }
    const found = [...sims.values()].find(
      ({ path }) => path === '' || url.pathname === `/${path}` || url.pathname.startsWith(`/${path}/`),
    );
    if (found === undefined)
      return send(response, {
        status: 404,
        body: { message: `no simulator at ${url.pathname}`, here: [...sims.keys()].map((one) => `/${one}`) },
      });
    const path = url.pathname.slice(found.path === '' ? 0 : found.path.length + 1) || '/';
    const query = Object.fromEntries(url.searchParams);
    const met = await found.api.meet({ method, path, query, headers, body });
    say(found.path, `<- ${method} ${path}: ${typeof met === 'string' ? met : met.status}`);
    await meetWith(response, met);
  }

  function say(path: string, text: string): void {
    said += 1;
    lines.push({ number: said, path, text });
    lines.splice(0, lines.length - KEPT_LINES);
    options.say(path, text);
  }

  async function meetWith(response: ServerResponse, met: Met): Promise<void> {
    if (met === 'hung') await sleep(HUNG_MS);
    if (met === 'hung' || met === 'dropped') response.destroy();
    else send(response, met);
  }

  const host: SimHost = {
    async listen(port) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      server.once('error', reject);
      server.listen(port, ADDRESS, resolve);
      await promise;
      origin = `http://${ADDRESS}:${(server.address() as AddressInfo).port}`;
      return origin;
    },
    add(channel) {
      const { path, sim } = channel;
      if (origin === null) throw new Error('the host of the simulators does not listen yet');
      if (sims.has(path)) throw new Error(`there is a simulator at /${path} already`);
      const baseUrl = path === '' ? origin : `${origin}/${path}`;
      let trouble = channel.trouble ?? NO_TROUBLE;
      const chanceOf = (part: string) => createChance(seedOf(seed, `${path} ${part}`));
      const deliverer: Deliverer = createDeliverer({
        hook: channel.sendTo ?? channel.hook,
        trouble: () => trouble,
        chance: chanceOf('deliveries'),
        retries: channel.retries,
        sleep,
        signal: over.signal,
      });
      const stories = chanceOf('stories');
      const instance: SimInstance = sim.create({
        secrets: channel.secrets,
        store: channel.store,
        self: baseUrl,
        hook: channel.hook,
        get menu() {
          return channel.menu();
        },
        get listed() {
          return channel.listed?.() ?? listedIn(channel.menu());
        },
        now,
        random: () => stories.next(),
        deliver: deliverer.deliver,
        sleep: sleepOrEnd,
        say: (text) => say(path, text),
      });
      const api = createTroubledApi({
        api: instance,
        trouble: () => trouble,
        chance: chanceOf('calls'),
        isSuccessor: channel.isSuccessor === true,
      });
      const hosted: Hosted = {
        path,
        provider: sim.provider,
        baseUrl,
        stories: Object.keys(instance.stories),
        api,
        counts: { deliveries: deliverer.counts, calls: api.counts },
        told: () => instance.told(),
        meet: (next) => void (trouble = next),
        settle: () => deliverer.settle(),
        tell(story, wish) {
          const known = Object.hasOwn(instance.stories, story) ? instance.stories[story] : undefined;
          if (known !== undefined) return cutShort(known(wish), ended);
          const words = `${sim.provider} tells no story "${story}"; there ${listed(hosted.stories)}`;
          return Promise.reject(new UnknownStory(words));
        },
      };
      sims.set(path, hosted);
      return hosted;
    },
    find: (path) => sims.get(path),
    list: () => [...sims.values()],
    said: (after) => lines.filter(({ number }) => number > after),
    async close() {
      over.abort();
      await Promise.all([...sims.values()].map((one) => one.settle()));
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  return host;
}

/** The story was cut short. */
export class HostStopped extends Error {
  override readonly name = 'HostStopped';
}

/** Names the stories that there are. */
export class UnknownStory extends Error {
  override readonly name = 'UnknownStory';
}

/** A story until the end of the host. Whoever does not wait for it must not fall over that end. */
function cutShort<T>(story: Promise<T>, ended: Promise<never>): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  story.then(resolve, reject);
  ended.catch((error: unknown) => {
    promise.catch(() => undefined);
    reject(error);
  });
  return promise;
}

function listed(names: readonly string[]): string {
  return `${names.length === 1 ? 'is' : 'are'}: ${names.join(', ')}`;
}

async function readAll(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function flat(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}

function send(response: ServerResponse, { status, headers = {}, body }: SimAnswer): void {
  if (response.destroyed || response.headersSent) return;
  const isText = body === undefined || typeof body === 'string';
  response.writeHead(status, { ...(!isText && { 'content-type': 'application/json' }), ...headers });
  response.end(isText ? body : JSON.stringify(body));
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
