import type { Wire as EdgeWire } from '../../edge/streamSession.ts';
import type { Lane, Network } from './weather.ts';
import type { Process, World } from './world.ts';

/**
 * A WebSocket without a network: the page's end as a browser gives it, the server's end as `ws` gives it. Between them
 * two lanes that lose, double and delay; either end may vanish without a word, and then the other learns late or never.
 */

const CONNECTING = 0;
const OPEN = 1;
const CLOSING = 2;
const CLOSED = 3;

/** The server's end: what carries a session's frames, and where the page's words arrive. */
export class ServerEnd implements EdgeWire {
  readonly transport: 'websocket' | 'sse';
  readonly answers: boolean;
  readonly maxAgeMs: number;
  onSent: () => void = () => undefined;
  onText: (text: string) => void = () => undefined;
  onEnded: (code: number) => void = () => undefined;
  buffered = 0;
  #readyState: number = OPEN;
  readonly #wire: Wire;

  constructor(wire: Wire, transport: 'websocket' | 'sse', maxAgeMs: number) {
    this.#wire = wire;
    this.transport = transport;
    this.answers = transport === 'websocket';
    this.maxAgeMs = maxAgeMs;
  }

  bufferedBytes(): number {
    return this.buffered;
  }

  send(text: string): void {
    if (this.#readyState === OPEN) this.#wire.toPage(text);
  }

  end(code: number): void {
    if (this.#readyState !== OPEN) return;
    this.#readyState = CLOSING;
    this.#wire.serverCloses(code);
  }

  terminate(): void {
    if (this.#readyState !== CLOSED) this.#wire.serverTerminates();
  }

  got(text: string): void {
    if (this.#readyState !== CLOSED) this.onText(text);
  }

  /** It has ended, whoever ended it. */
  ended(code: number): void {
    if (this.#readyState === CLOSED) return;
    this.#readyState = CLOSED;
    this.onEnded(code);
  }
}

/** The page's end of whatever carries frames down. */
export type PageSide = { opened(): void; got(text: string): void; ended(code: number): void };

/** The page's end of a WebSocket. */
export class PageEnd implements PageSide {
  readyState: number = CONNECTING;
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: never) => void) | null = null;
  onclose: ((event: never) => void) | null = null;
  onerror: ((event: never) => void) | null = null;
  wire: Wire | null = null;

  send(text: string): void {
    if (this.readyState !== OPEN) throw new Error('The socket is not open.');
    this.wire?.toServer(text);
  }

  close(code = 1000): void {
    if (this.readyState === CLOSED) return;
    this.readyState = CLOSED;
    this.wire?.pageCloses(code);
  }

  opened(): void {
    if (this.readyState !== CONNECTING) return;
    this.readyState = OPEN;
    this.onopen?.(undefined as never);
  }

  got(text: string): void {
    if (this.readyState === OPEN) this.onmessage?.({ data: text } as never);
  }

  ended(code: number): void {
    if (this.readyState === CLOSED) return;
    this.readyState = CLOSED;
    this.onclose?.({ code, reason: '' } as never);
  }
}

export type WireOptions = {
  readonly world: World;
  readonly network: Network;
  readonly device: string;
  readonly page: Process;
  readonly node: Process;
  readonly pageEnd: PageSide;
  /** Every frame that a server hands to the network, before anything can happen to it. */
  readonly onDown: (text: string, kind: string) => void;
  readonly onUp: (text: string, kind: string) => void;
  /** The page has read a frame. */
  readonly onRead: (text: string, kind: string) => void;
};

const KIND = /^\{"t":"([a-z]+)"/;

export function kindOf(text: string): string {
  return KIND.exec(text)?.[1] ?? 'other';
}

export class Wire {
  readonly device: string;
  readonly node: Process;
  readonly page: Process;
  server: ServerEnd | null = null;
  /** The page does not read: what is sent stays in the server's buffer. */
  stalled = false;
  /** Nothing passes any more, and nobody is told. */
  dead = false;
  readonly #options: WireOptions;
  readonly #down: Lane = { lastAt: 0 };
  readonly #up: Lane = { lastAt: 0 };
  #waiting: string[] = [];

  constructor(options: WireOptions) {
    this.#options = options;
    this.device = options.device;
    this.node = options.node;
    this.page = options.page;
  }

  toPage(text: string): void {
    const kind = kindOf(text);
    this.#options.onDown(text, kind);
    if (this.stalled) {
      if (this.server !== null) this.server.buffered += text.length;
      this.#waiting.push(text);
      return;
    }
    this.#left();
    this.#carryDown(text, kind);
  }

  /** The page reads again. */
  flow(): void {
    this.stalled = false;
    for (const text of this.#waiting.splice(0)) {
      if (this.server !== null) this.server.buffered -= text.length;
      this.#left();
      this.#carryDown(text, kindOf(text));
    }
  }

  #left(): void {
    const { server } = this;
    if (server !== null) this.#options.world.after(0, this.node, () => server.onSent());
  }

  toServer(text: string): void {
    const kind = kindOf(text);
    this.#options.onUp(text, kind);
    const { network, device } = this.#options;
    if (!this.#passes()) return;
    network.carry(`up:${kind}`, this.node, this.#up, () => {
      if (this.#passes() && network.reaches(device, this.node.name)) this.server?.got(text);
    });
  }

  serverCloses(code: number): void {
    const { world } = this.#options;
    if (!this.#passes()) return;
    // The close frame comes after what was sent; without it the page is on its own.
    const ms = Math.max(1, this.#down.lastAt - world.now) + 2;
    world.after(ms, this.page, () => {
      if (!this.#passes()) return;
      this.#options.pageEnd.ended(code);
      this.dead = true;
      world.after(3, this.node, () => this.server?.ended(code));
    });
  }

  serverTerminates(): void {
    const { world, pageEnd } = this.#options;
    const passes = this.#passes();
    this.dead = true;
    world.after(0, this.node, () => this.server?.ended(1006));
    if (passes) world.after(3, this.page, () => pageEnd.ended(1006));
  }

  pageCloses(code: number): void {
    const passes = this.#passes();
    this.dead = true;
    if (passes) this.#options.world.after(3, this.node, () => this.server?.ended(code));
  }

  /** Something that is not a frame (the head of an answer), in its place among the frames. */
  tellPage(kind: string, work: () => void): void {
    if (this.#passes())
      this.#options.network.carry(kind, this.page, this.#down, () => this.#passes() && work());
  }

  /** The connection breaks and both ends are told, soon. */
  cut(): void {
    if (this.dead) return;
    this.dead = true;
    const { world, pageEnd } = this.#options;
    world.after(2, this.page, () => pageEnd.ended(1006));
    world.after(2, this.node, () => this.server?.ended(1006));
  }

  /** It breaks and nobody is told: only silence says so. */
  vanish(): void {
    this.dead = true;
  }

  #carryDown(text: string, kind: string): void {
    const { network, device, pageEnd, onRead } = this.#options;
    if (!this.#passes()) return;
    network.carry(`down:${kind}`, this.page, this.#down, () => {
      if (!this.#passes() || !network.reaches(device, this.node.name)) return;
      onRead(text, kind);
      pageEnd.got(text);
    });
  }

  #passes(): boolean {
    const { network, device } = this.#options;
    return !this.dead && network.reaches(device, this.node.name);
  }
}
