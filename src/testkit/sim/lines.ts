import { answerCall, responseOf } from './calls.ts';
import type { Call } from './calls.ts';
import type { Device } from './device.ts';
import { Ear } from './ear.ts';
import { EventBody, answerStream } from './eventLine.ts';
import type { SimNode } from './node.ts';
import type { Sim } from './sim.ts';
import { Wire } from './wire.ts';
import type { PageEnd, PageSide } from './wire.ts';
import type { Process } from './world.ts';

/** How pages reach servers: sockets, calls and event streams, through the balancer and whatever stands in between. */

/** What a call is, by how its path begins. */
const KINDS = [
  ['/commands', 'command'],
  ['/acks', 'acks'],
  ['/changes', 'changes'],
  ['/snapshot', 'snapshot'],
] as const;

/** After which some proxies end a call that is still open. */
const CUT_MS = 8_000;

export class Lines {
  /** When each device dialled. */
  readonly dials: { readonly device: string; readonly at: number }[] = [];
  readonly #sim: Sim;
  readonly #ear: Ear;

  constructor(sim: Sim) {
    this.#sim = sim;
    this.#ear = new Ear(sim);
  }

  /** A page dials: the balancer picks a server; without one the call is refused, through a partition it hangs. */
  dial(device: string, page: Process, pageEnd: PageEnd, location: string, protocol: string): Wire | null {
    const { world, tally } = this.#sim;
    tally.add('dialled');
    this.dials.push({ device, at: world.now });
    const node = this.#sim.route();
    this.#sim.trace(`${device} dials ${node?.name ?? 'nobody'}`);
    if (node === null) {
      world.after(5, page, () => pageEnd.ended(1006));
      return null;
    }
    if (!this.#sim.network.reaches(device, node.name)) return null;
    // A proxy that refuses to upgrade.
    if (this.#sim.deviceOf(device).blocks.has('websocket')) {
      world.after(8, page, () => pageEnd.ended(1006));
      return null;
    }
    if (this.#sim.hangUpUntil > world.now) {
      world.after(6, page, () => pageEnd.opened());
      world.after(12, page, () => pageEnd.ended(1006));
      return null;
    }
    const wire = this.#wire(device, page, node, location, pageEnd);
    pageEnd.wire = wire;
    world.after(this.#sim.chance.between(1, 10), node.process, () => {
      const isIn = node.accept(wire, location, protocol);
      world.after(this.#sim.chance.between(1, 10), page, () =>
        isIn ? pageEnd.opened() : pageEnd.ended(1006),
      );
    });
    return wire;
  }

  /** Back-off: a screen whose calls end before a word is said calls ever more seldom. */
  judgeDials(from: number): void {
    const { world, devices } = this.#sim;
    const seconds = (world.now - from) / 1_000;
    for (const { id, blocks } of devices) {
      if (blocks.size > 0) continue;
      const count = this.dials.filter(({ device, at }) => device === id && at >= from).length;
      if (count > 10 + seconds / 2.2)
        this.#sim.blame(`L5 ${id} dialled ${count} times in ${seconds.toFixed(0)} s`);
    }
  }

  #wire(device: string, page: Process, node: SimNode, location: string, pageEnd: PageSide): Wire {
    return new Wire({
      world: this.#sim.world,
      network: this.#sim.network,
      device,
      page,
      node: node.process,
      pageEnd,
      onDown: (text, kind) => this.#ear.sent(device, location, text, kind),
      onUp: (_text, kind) => this.#sim.trace(`${device} says ${kind}`),
      onRead: (_text, kind) => this.#sim.trace(`${device} reads ${kind}`),
    });
  }

  /** `fetch` as a page has it. */
  fetch(
    device: Device,
    page: Process,
    input: string | URL | Request,
    init: RequestInit = {},
  ): Promise<Response> {
    const url = new URL(input instanceof Request ? input.url : input);
    const headers = new Headers(init.headers);
    const path = `${url.pathname.replace(/^\/v1\/locations\/[^/]+/, '')}${url.search}`;
    const body = typeof init.body === 'string' ? init.body : '';
    const call = {
      method: init.method ?? 'GET',
      path,
      location: device.spec.location,
      token: headers.get('authorization')?.replace('Bearer ', '') ?? '',
      key: headers.get('idempotency-key'),
      body,
    };
    this.#sim.trace(`${device.id} calls ${path.slice(0, 40)} ${call.key ?? ''}`);
    const isStream = headers.get('accept')?.includes('text/event-stream') === true;
    return new Promise((resolve, reject) => {
      const { signal } = init;
      signal?.addEventListener('abort', () => reject(signal.reason));
      const node = this.#sim.route();
      if (node === null || this.#sim.hangUpUntil > this.#sim.world.now)
        this.#sim.world.after(4, page, () => reject(new TypeError('fetch failed')));
      else if (!this.#sim.network.reaches(device.id, node.name)) return;
      else if (isStream) this.#stream(device, page, node, call, signal ?? null, resolve);
      else this.#call(device, page, node, call, signal ?? null, resolve, reject);
    });
  }

  #call(
    device: Device,
    page: Process,
    first: SimNode,
    call: Call,
    signal: AbortSignal | null,
    resolve: (response: Response) => void,
    reject: (error: unknown) => void,
  ): void {
    const { world, network } = this.#sim;
    const kind = KINDS.find(([start]) => call.path.startsWith(start))?.[1] ?? 'read';
    let deliveries = 0;
    network.carry(`call:${kind}`, first.process, null, () => {
      deliveries += 1;
      // What arrives a second time was sent again by something in between, to whoever the balancer picks.
      const node = deliveries === 1 ? first : (this.#sim.route() ?? first);
      if (node !== first) this.#sim.world.current = node.process;
      if (!node.isReady || node.isDraining) {
        world.after(4, page, () => reject(new TypeError('socket hang up')));
        return;
      }
      // Somebody in between ends what stays open too long.
      if (device.blocks.has('long_poll') && /[?&]wait=[1-9]/.test(call.path))
        world.after(CUT_MS, page, () => reject(new TypeError('terminated')));
      // A page that takes its question back hangs up, and the node learns of it.
      const left = new AbortController();
      signal?.addEventListener('abort', () => world.after(3, node.process, () => left.abort()));
      void answerCall(node, { ...call, signal: left.signal }).then((reply) => {
        this.#sim.trace(`${device.id} is answered ${reply.status} ${call.key ?? ''}`);
        this.#ear.answered(device, call, reply.text);
        if (!network.reaches(device.id, node.name)) return;
        network.carry(`reply:${kind}`, page, null, () => resolve(responseOf(reply)));
      });
    });
  }

  #stream(
    device: Device,
    page: Process,
    node: SimNode,
    call: Call,
    signal: AbortSignal | null,
    resolve: (response: Response) => void,
  ): void {
    const { network } = this.#sim;
    const body = new EventBody(this.#sim.chance.fork(), () => wire.pageCloses(1006));
    const wire = this.#wire(device.id, page, node, call.location, body);
    // A proxy that holds back what is not finished: the head comes, the frames do not.
    wire.stalled = device.blocks.has('sse');
    device.tab?.wires.add(wire);
    signal?.addEventListener('abort', () => body.leave());
    network.carry('call:stream', node.process, null, () => {
      if (!node.isReady || node.isDraining || wire.server !== null) return;
      void answerStream(node, call, wire, body).then((response) =>
        wire.tellPage('reply:stream', () => resolve(response)),
      );
    });
  }
}
