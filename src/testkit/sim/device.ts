import { createHeard } from '../../sdk/client.ts';
import type { OutboxStorage } from '../../sdk/outboxStorage.ts';
import type { Heard, View } from '../../sdk/shapes.ts';
import type { ViewStorage } from '../../sdk/lastKnown.ts';
import { TokenRefused } from '../../sdk/tokens.ts';
import type { Random } from './random.ts';
import type { Sim } from './sim.ts';
import { writeToken } from './tokens.ts';
import { PageEnd } from './wire.ts';
import type { Wire } from './wire.ts';
import type { Page, Process } from './world.ts';

/** A tablet: what stays when its tab dies (what it stored, who it is), and the tab itself with the real SDK in it. */

export type DeviceSpec = {
  readonly id: string;
  readonly organization: string;
  readonly location: string;
  readonly role: 'kitchen' | 'expo' | 'waiter';
  readonly topics: readonly string[];
  /** The station it is paired to. */
  readonly station?: string;
};

/** A transport that something in between does not let through. */
export type Blocked = 'websocket' | 'sse' | 'long_poll';

export type Tab = {
  readonly process: Process;
  readonly page: Page;
  readonly heard: Heard;
  readonly wires: Set<Wire>;
  isVisible: boolean;
  isClosed: boolean;
};

export class Device {
  readonly spec: DeviceSpec;
  tab: Tab | null = null;
  isOnline = true;
  readonly blocks = new Set<Blocked>();
  /** The wall clock of the device, ms off. */
  skew = 0;
  readonly #sim: Sim;
  readonly #random: Random;
  readonly #taps = new Map<string, string>();
  readonly #views = new Map<string, unknown>();
  #lives = 0;

  constructor(sim: Sim, spec: DeviceSpec, random: Random) {
    this.#sim = sim;
    this.spec = spec;
    this.#random = random;
  }

  get id(): string {
    return this.spec.id;
  }

  /** Taps that it has stored. */
  get stored(): ReadonlyMap<string, string> {
    return this.#taps;
  }

  /** Opens the page. Runs within the world, in the new tab's process. */
  open(): void {
    const { world } = this.#sim;
    const page = makePage();
    page.navigator.onLine = this.isOnline;
    const process = world.process(`${this.id}#${(this.#lives += 1)}`, page);
    process.skew = this.skew;
    world.current = process;
    const wires = new Set<Wire>();
    const heard = this.#sdk(process, wires);
    const tab: Tab = { process, page, heard, wires, isVisible: true, isClosed: false };
    this.tab = tab;
    for (const topic of this.spec.topics) {
      this.#watch(tab, topic);
      heard.onChange(topic, (change) => this.#sim.screens.told(this, tab, change));
    }
  }

  /** Somebody opens a second page and closes it before anything is on it. */
  glance(): void {
    const { world } = this.#sim;
    const process = world.process(`${this.id}#glance`, makePage());
    world.after(0, process, () => this.#sdk(process, new Set()).close());
    world.after(8, null, () => world.kill(process));
  }

  /** Somebody closes the page, which has a moment to say so. */
  close(): void {
    const { tab } = this;
    this.within((open) => {
      open.isClosed = true;
      open.heard.close();
    });
    this.#sim.world.after(8, null, () => {
      if (this.tab === tab) this.kill(false);
    });
  }

  /** The tab dies between two instructions. `silent`: nobody tells the server. */
  kill(silent: boolean): void {
    const { tab } = this;
    if (tab === null) return;
    this.tab = null;
    for (const wire of tab.wires) {
      if (silent) wire.vanish();
      else wire.cut();
    }
    this.#sim.screens.closed(this, tab);
    this.#sim.world.kill(tab.process);
  }

  within(work: (tab: Tab) => void): void {
    const { tab } = this;
    if (tab !== null)
      this.#sim.world.after(0, tab.process, () => {
        if (!tab.isClosed) work(tab);
      });
  }

  hide(): void {
    this.within((tab) => {
      tab.isVisible = false;
      tab.page.document.visibilityState = 'hidden';
      tab.page.document.dispatchEvent(new Event('visibilitychange'));
    });
  }

  show(): void {
    this.within((tab) => {
      if (tab.isVisible) return;
      tab.isVisible = true;
      tab.page.document.visibilityState = 'visible';
      tab.page.document.dispatchEvent(new Event('visibilitychange'));
      for (const topic of this.spec.topics) this.#paintSoon(tab, topic);
    });
  }

  setOnline(isOnline: boolean): void {
    const comesBack = isOnline && !this.isOnline;
    this.isOnline = isOnline;
    const { network } = this.#sim;
    if (isOnline) network.cut.delete(this.id);
    else network.cut.add(this.id);
    this.within((tab) => {
      tab.page.navigator.onLine = isOnline;
      // A network at the edge of its reach: the browser says that it is away once more before it is back.
      if (comesBack) tab.page.window.dispatchEvent(new Event('offline'));
      tab.page.window.dispatchEvent(new Event(isOnline ? 'online' : 'offline'));
    });
  }

  /** The clock on its wall is set. */
  jump(ms: number): void {
    this.skew += ms;
    if (this.tab !== null) this.tab.process.skew = this.skew;
  }

  #sdk(process: Process, wires: Set<Wire>): Heard {
    return createHeard({
      baseUrl: 'http://heard.sim',
      location: this.spec.location,
      token: (reason) => this.#token(reason),
      client: { id: this.id, app: this.spec.role },
      storage: this.#storage(process),
      views: this.#viewStorage(process),
      WebSocket: this.#socketClass(process, wires),
      fetch: (input, init) => this.#sim.lines.fetch(this, process, input, init),
    });
  }

  #watch(tab: Tab, topic: string): void {
    const store = tab.heard.view(topic);
    let before: View | null = null;
    store.subscribe(() => {
      const view = store.get();
      this.#sim.screens.shows(this, tab, topic, before, view);
      if (before?.cursor !== view.cursor) this.#paintSoon(tab, topic);
      before = view;
    });
  }

  /** As a browser: the next frame but one, and none while the page is hidden. */
  #paintSoon(tab: Tab, topic: string): void {
    const { world, screens } = this.#sim;
    world.after(this.#random.between(8, 40), tab.process, () => {
      const view = tab.heard.view(topic).get();
      if (!tab.isVisible || view.cursor === null) return;
      screens.painted(this, topic, view);
      tab.heard.painted(topic, view.cursor, { visible: true, audio: 'running' });
    });
  }

  async #token(reason: string): Promise<string> {
    const { sim, spec } = { sim: this.#sim, spec: this.spec };
    sim.tally.add(`token ${reason}`);
    await new Promise((done) => setTimeout(done, this.#random.between(1, 20)));
    if (!this.isOnline || sim.network.cut.has(this.id)) throw new TypeError('no network');
    if (sim.revoked.has(this.id)) throw new TokenRefused('revoked');
    const exp = Math.floor(sim.postgres.now() / 1000) + sim.tokenSeconds;
    return writeToken({
      sub: `device:${this.id}`,
      org: spec.organization,
      loc: spec.location,
      role: spec.role,
      dev: this.id,
      ...(spec.station !== undefined && { st: [spec.station] }),
      exp,
    });
  }

  #socketClass(process: Process, wires: Set<Wire>) {
    const sim = this.#sim;
    const device = this.id;
    const { location } = this.spec;
    return class extends PageEnd {
      constructor(_url: string, protocols: string[]) {
        super();
        const wire = sim.lines.dial(device, process, this, location, protocols[0] ?? '');
        if (wire !== null) wires.add(wire);
      }
    };
  }

  /** IndexedDB as it is: what was written is there when the transaction completes, not before; sometimes it fails. */
  #storage(process: Process): OutboxStorage {
    const sim = this.#sim;
    const taps = this.#taps;
    const later = <T>(work: () => T): Promise<T> =>
      new Promise((resolve, reject) => {
        const fails = this.#random.chance(sim.storageFails);
        sim.world.after(this.#random.between(0.3, 6), process, () => {
          if (fails) {
            sim.tally.add('fault storage refused');
            reject(new DOMException('The quota has been exceeded.', 'QuotaExceededError'));
          } else resolve(work());
        });
      });
    return {
      durable: true,
      all: () => later(() => [...taps.values()]),
      put: (id, text) => later(() => void taps.set(id, text)),
      remove: (id) => later(() => void taps.delete(id)),
      close: () => undefined,
    };
  }

  #viewStorage(process: Process): ViewStorage {
    const later = <T>(work: () => T): Promise<T> =>
      new Promise((resolve) => {
        this.#sim.world.after(this.#random.between(0.3, 6), process, () => resolve(work()));
      });
    return {
      read: (topic) => later(() => this.#views.get(topic)),
      write: (topic, value) => later(() => void this.#views.set(topic, value)),
      clear: () => later(() => this.#views.clear()),
      close: () => undefined,
    };
  }
}

function makePage(): Page {
  const document = Object.assign(new EventTarget(), { visibilityState: 'visible' as 'visible' | 'hidden' });
  return { window: new EventTarget(), document, navigator: { onLine: true } };
}
