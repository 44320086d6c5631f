import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { Down, Ping, Ready } from '../../protocol/down.ts';
import { Replica } from './kitchenFeed.ts';

/** The other end of a real socket: what it got, a replica of each topic, and how it ended. */
export class SocketReader {
  readonly ws: WebSocket;
  readonly frames: Down[] = [];
  readonly replicas: Map<string, Replica>;
  closed: number | null = null;
  #wake: (() => void)[] = [];

  constructor(
    url: string,
    options: { protocols?: string[]; replicas?: Map<string, Replica>; losing?: number } = {},
  ) {
    this.ws = new WebSocket(url, options.protocols ?? ['heard.v1']);
    this.replicas = options.replicas ?? new Map();
    let changes = 0;
    this.ws.on('message', (data: Buffer) => {
      const frame: Down = JSON.parse(data.toString('utf8'));
      if (frame.t === 'chg') changes += 1;
      if (frame.t === 'chg' && changes === options.losing) return;
      this.frames.push(frame);
      if (frame.t === 'snap' || frame.t === 'chg') this.replica(frame.topic).apply(frame);
      this.#stir();
    });
    this.ws.on('close', (code) => {
      this.closed = code;
      this.#stir();
    });
    this.ws.on('error', () => undefined);
  }

  replica(topic: string): Replica {
    let replica = this.replicas.get(topic);
    if (replica === undefined) {
      replica = new Replica();
      this.replicas.set(topic, replica);
    }
    return replica;
  }

  async open(): Promise<this> {
    if (this.ws.readyState !== WebSocket.OPEN) await once(this.ws, 'open');
    return this;
  }

  say(frame: unknown): void {
    this.ws.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  hello(token: string, topics: readonly string[] = [], more: Record<string, unknown> = {}): void {
    const subs = topics.map((topic) => ({ topic, after: this.replicas.get(topic)?.cursor ?? null }));
    this.say({ t: 'hello', v: 1, token, client: { id: 'test', screen: 'grill-1' }, subs, ...more });
  }

  /** The first frame that fits, waiting for it up to `ms`. */
  async get<F extends Down>(fits: (frame: Down) => frame is F, ms?: number): Promise<F>;
  async get(fits: (frame: Down) => boolean, ms?: number): Promise<Down>;
  async get(fits: (frame: Down) => boolean, ms = 5_000): Promise<Down> {
    const until = performance.now() + ms;
    for (;;) {
      const found = this.frames.find(fits);
      if (found !== undefined) return found;
      if (this.closed !== null || performance.now() > until)
        throw new Error(
          `no such frame; got ${this.frames.map((frame) => JSON.stringify(frame).slice(0, 80)).join('\n')}, closed ${this.closed}`,
        );
      await this.#next(until);
    }
  }

  ready(): Promise<Ready> {
    return this.get((frame): frame is Ready => frame.t === 'ready');
  }

  ping(): Promise<Ping> {
    return this.get((frame): frame is Ping => frame.t === 'ping');
  }

  /** The close code, and the `bye` before it. */
  async end(ms = 5_000): Promise<{ code: number; bye: number | null }> {
    const until = performance.now() + ms;
    while (this.closed === null) {
      if (performance.now() > until) throw new Error(`still open after ${ms} ms`);
      await this.#next(until);
    }
    return {
      code: this.closed,
      bye: this.frames.find((frame): frame is Extract<Down, { t: 'bye' }> => frame.t === 'bye')?.code ?? null,
    };
  }

  #next(until: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.max(1, until - performance.now()));
      this.#wake.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #stir(): void {
    const waiting = this.#wake;
    this.#wake = [];
    for (const wake of waiting) wake();
  }
}
