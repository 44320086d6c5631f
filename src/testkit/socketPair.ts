/**
 * Two ends of a connection without a network: what one end says lies in a queue until the test delivers it, so a
 * schedule drawn from a seed replays exactly. As on a real one, frames are lost or cut off only by its end,
 * never overtaken or doubled within it.
 */
export type ServerEnd = {
  readonly url: string;
  readonly protocols: readonly string[];
  /** Set by whoever serves. */
  onText: (text: string) => void;
  onGone: () => void;
  send(text: string): void;
  close(code: number, reason?: string): void;
  readonly open: boolean;
};

type Step =
  | { to: 'client'; text: string }
  | { to: 'server'; text: string }
  | { to: 'client'; close: { code: number; reason: string } }
  | { to: 'client'; open: true };

export type SocketPairs = {
  /** A WebSocket constructor whose other ends appear at `accept`. */
  readonly WebSocket: new (url: string, protocols: string[]) => PairSocket;
  /** Delivers the oldest waiting step of a connection chosen by `choose` (an index below `n`); false when nothing waits. */
  deliver(choose?: (n: number) => number): boolean;
  /** Delivers until nothing waits. */
  settle(): void;
  /** Cuts every open connection; what was on its way is lost. Answers how many. */
  cut(): number;
  /** While false, new connections fail. */
  reachable: boolean;
  /** Delivers each step by itself, in a task of its own, as a network does. */
  automatic: boolean;
  readonly openCount: number;
};

const CONNECTING = 0;
const OPEN = 1;
const CLOSED = 3;

/** What the client holds: enough of a browser's WebSocket. */
export class PairSocket {
  readyState: number = CONNECTING;
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  onerror: ((event: never) => void) | null = null;
  readonly #says: (text: string) => void;
  readonly #closes: (code: number) => void;

  constructor(says: (text: string) => void, closes: (code: number) => void) {
    this.#says = says;
    this.#closes = closes;
  }

  send(text: string): void {
    if (this.readyState !== OPEN) throw new Error('The socket is not open.');
    this.#says(text);
  }

  close(code = 1000): void {
    if (this.readyState === CLOSED) return;
    this.readyState = CLOSED;
    this.#closes(code);
  }
}

export function createSocketPairs(accept: (end: ServerEnd) => void): SocketPairs {
  type Wire = { socket: PairSocket; end: ServerEnd & { open: boolean }; queue: Step[] };
  const wires: Wire[] = [];

  const pairs: SocketPairs = {
    WebSocket: class extends PairSocket {
      constructor(url: string, protocols: string[]) {
        super(
          (text) => push(wire, { to: 'server', text }),
          () => hangUp(wire),
        );
        const end: Wire['end'] = {
          url,
          protocols,
          onText: () => undefined,
          onGone: () => undefined,
          open: true,
          send: (text) => {
            if (end.open) push(wire, { to: 'client', text });
          },
          close: (code, reason = '') => {
            if (!end.open) return;
            end.open = false;
            push(wire, { to: 'client', close: { code, reason } });
          },
        };
        const wire: Wire = { socket: this, end, queue: [] };
        wires.push(wire);
        if (pairs.reachable) push(wire, { to: 'client', open: true });
        else push(wire, { to: 'client', close: { code: 1006, reason: '' } });
      }
    },
    deliver(choose = () => 0) {
      const ready = wires.filter(({ queue }) => queue.length > 0);
      const wire = ready[choose(ready.length)];
      const next = wire?.queue.shift();
      if (!wire || !next) return false;
      run(wire, next);
      return true;
    },
    settle() {
      while (pairs.deliver());
    },
    cut() {
      const open = wires.filter(({ socket }) => socket.readyState !== CLOSED);
      for (const wire of open) {
        wire.queue.length = 0;
        end(wire, 1006, '');
        gone(wire);
      }
      return open.length;
    },
    reachable: true,
    automatic: false,
    get openCount() {
      return wires.filter(({ socket }) => socket.readyState === OPEN).length;
    },
  };

  function push(wire: Wire, next: Step): void {
    wire.queue.push(next);
    if (pairs.automatic)
      setTimeout(() => {
        const first = wire.queue.shift();
        if (first) run(wire, first);
      }, 0);
  }

  function run({ socket, end: serverEnd, ...rest }: Wire, next: Step): void {
    const wire = { socket, end: serverEnd, ...rest };
    if (next.to === 'server') {
      if (serverEnd.open) serverEnd.onText(next.text);
      return;
    }
    if (socket.readyState === CLOSED) return;
    if ('open' in next) {
      socket.readyState = OPEN;
      accept(serverEnd);
      socket.onopen?.(undefined as never);
    } else if ('text' in next) socket.onmessage?.({ data: next.text });
    else {
      end(wire, next.close.code, next.close.reason);
      gone(wire);
    }
  }

  function end({ socket }: Wire, code: number, reason: string): void {
    if (socket.readyState === CLOSED) return;
    socket.readyState = CLOSED;
    socket.onclose?.({ code, reason });
  }

  function hangUp(wire: Wire): void {
    wire.queue.length = 0;
    gone(wire);
  }

  /** A server learns late that its peer is gone; here it learns at once, which is the friendlier half of the truth. */
  function gone(wire: Wire): void {
    wire.end.open = false;
    wire.end.onGone();
    const at = wires.indexOf(wire);
    if (at >= 0) wires.splice(at, 1);
  }

  return pairs;
}
