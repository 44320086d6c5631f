import type { TokenReading } from '../../accounts/tokens.ts';
import { createMemoryDatabase } from '../memoryLog.ts';
import type { Locations } from '../../location/locations.ts';
import type { FeedSource } from '../../feed/source.ts';
import { houseRules } from '../../location/houseRules.ts';
import type { Rules } from '../../location/rules.ts';
import { bigPlace, simPlace } from './places.ts';
import { Bus } from './bus.ts';
import { Device } from './device.ts';
import { DEVICES, HOUSES, WORST_LINE } from './houses.ts';
import { Lines } from './lines.ts';
import { startNode } from './node.ts';
import type { SimNode } from './node.ts';
import type { LocationConfig } from '../../domain/config.ts';
import { Truth } from './oracle.ts';
import { HEALTHY, Postgres } from './postgres.ts';
import type { Profile } from './profiles.ts';
import type { Random } from './random.ts';
import { createRandom } from './random.ts';
import { Screens } from './screens.ts';
import { Tally } from './tally.ts';
import { FINE, Network } from './weather.ts';
import { World } from './world.ts';

/** A whole chain of restaurants in one process: three servers, a database, a bus, a network, tablets, and what is true. */

const NODES = 3;
const DATABASE_AWAY = /ECONNREFUSED|terminated unexpectedly|too many clients/;

export class SimFailure extends Error {
  override readonly name = 'SimFailure';
}

export class Sim {
  readonly world: World;
  readonly tally: Tally;
  readonly network: Network;
  readonly postgres: Postgres;
  readonly database: ReturnType<typeof createMemoryDatabase>;
  readonly bus: Bus;
  readonly screens: Screens;
  readonly lines: Lines;
  readonly devices: readonly Device[];
  readonly nodes: (SimNode | null)[] = [];
  readonly revoked = new Set<string>();
  /** Devices whose tokens no server takes for a while. */
  readonly refusing = new Set<string>();
  wasRestored = false;
  /** By the server's clock; null: never. */
  restoredAt: number | null = null;
  /** When the last server started, in the world's time: before that no rung has a clock. */
  startedAt = 0;
  isHealed = false;
  /** Until when servers take the phone and hang up without a word. */
  hangUpUntil = 0;
  readonly profile: Profile;
  readonly chance: Random;
  readonly reports: string[] = [];
  readonly blames: string[] = [];
  storageFails: number;
  tokenSeconds: number;
  readonly #truths = new Map<string, Truth>();
  #backup: { put: () => void; at: number } | null = null;
  readonly #nags = new Map<string, number[]>();
  #born = 0;

  constructor(seed: number, profile: Profile, keepStory: number) {
    this.profile = profile;
    this.storageFails = profile.storageFails;
    this.tokenSeconds = profile.tokenSeconds;
    // What comes from another place has another history.
    this.wasRestored = profile.scrambled === true;
    this.world = new World(seed);
    const random = createRandom(seed ^ 0x5eed);
    this.chance = random.fork();
    this.tally = new Tally(keepStory);
    this.network = new Network(this.world, random.fork(), this.tally);
    let epochs = 0;
    this.database = createMemoryDatabase({
      now: () => this.postgres.now(),
      newEpoch: () => `epoch${(epochs += 1)}xxxx`,
    });
    this.postgres = new Postgres(this.world, random.fork(), this.tally, this.database, {
      proposed: (node, proposal) => {
        this.trace(`${node.name} proposes ${proposal.location} ${proposal.expected}-${proposal.head}`);
        this.truthOf(proposal.location).proposed(proposal);
      },
      committed: (locations) => {
        for (const location of locations) this.#committed(location);
      },
    });
    this.bus = new Bus(this);
    this.screens = new Screens(this);
    this.lines = new Lines(this);
    this.devices = DEVICES.map((spec) => new Device(this, spec, random.fork()));
    // What stands between some of the screens and the servers, all evening long.
    const between = random.fork();
    for (const { blocks, spec } of this.devices) {
      const worst = WORST_LINE[spec.id];
      if (worst === undefined) continue;
      for (const one of worst) {
        if (!between.chance(0.75)) break;
        blocks.add(one);
      }
    }
  }

  trace(line: string): void {
    this.tally.trace(`${Math.round(this.world.now * 100) / 100} ${line}`);
  }

  blame(what: string): void {
    this.trace(`BLAME ${what}`);
    if (this.blames.length < 20) this.blames.push(`${(this.world.now / 1000).toFixed(2)} s: ${what}`);
  }

  reported(node: string, message: string, detail: Readonly<Record<string, unknown>>): void {
    this.tally.add(`report ${message}`);
    this.trace(`${node} reports ${message}`);
    if (message === 'a policy came to nothing') this.#nagged(node, String(detail['location']));
    if (this.reports.length < 200) this.reports.push(`${node}: ${message} ${JSON.stringify(detail)}`);
    // With the database away a stream ends, and says why; for any other reason we made a mistake.
    const isMistake = message === 'a stream had to be closed' && !DATABASE_AWAY.test(String(detail['error']));
    if (message === 'a follower of commits failed' || isMistake)
      this.blame(`${message}: ${JSON.stringify(detail)}`);
  }

  /** What was refused is left alone for a while: a node that asks again and again does nothing else. */
  #nagged(node: string, location: string): void {
    const key = `${node} ${location}`;
    const recent = [...(this.#nags.get(key) ?? []), this.world.now].filter(
      (at) => at > this.world.now - 20_000,
    );
    this.#nags.set(key, recent);
    const open = this.truthOf(location).state.orders.size * 6;
    if (recent.length > open + 30)
      this.blame(`P8 ${node} asked ${recent.length} times in 20 s for what a rule refuses at ${location}`);
  }

  truthOf(location: string): Truth {
    let truth = this.#truths.get(location);
    if (truth === undefined) {
      truth = new Truth(location, this.database, (what) => this.blame(what));
      this.#truths.set(location, truth);
    }
    return truth;
  }

  /** Houses, their first configuration, servers and pages. */
  async open(): Promise<void> {
    for (const { location, organization, marker } of HOUSES) {
      this.database.createOrganization(organization, organization);
      this.database.createLocation(organization, location, location);
      void marker;
    }
    for (let index = 0; index < NODES; index += 1) this.startNode(index);
    await this.world.advance(this.world.now + 200);
    for (const { location, marker } of HOUSES) {
      const node = this.nodes[0];
      if (!node) throw new SimFailure('no node');
      this.world.after(0, node.process, () => {
        void node.locations.submit(
          location,
          {
            id: `0190f6a0-0000-7000-8000-00000000000${HOUSES.findIndex((house) => house.location === location)}`,
            name: 'location.configure',
            input: { config: this.place(marker) },
          },
          { id: 'cli:owner', role: 'owner' },
          'first',
        );
      });
    }
    await this.world.advance(this.world.now + 200);
    for (const device of this.devices) this.world.after(0, null, () => device.open());
    await this.world.advance(this.world.now + 2_000);
    this.network.weather = this.profile.weather;
    this.postgres.mood = this.profile.mood;
  }

  startNode(index: number): void {
    const name = `node${index}.${(this.#born += 1)}`;
    this.world.after(0, null, () => {
      this.nodes[index] = startNode(this, name);
      this.trace(`${name} starts`);
      this.startedAt = this.world.now;
    });
  }

  /** kill -9, or the plug: `silent` tells nobody. */
  killNode(index: number, silent: boolean): void {
    const node = this.nodes[index];
    if (!node) return;
    this.nodes[index] = null;
    this.trace(`${node.name} dies`);
    for (const wire of node.wires) {
      if (silent) wire.vanish();
      else wire.cut();
    }
    this.bus.forget(node.process);
    this.world.kill(node.process);
  }

  get ready(): SimNode[] {
    return this.nodes.filter((node): node is SimNode => node?.isReady === true && !node.isDraining);
  }

  /** What a balancer picks for this device; null: nobody answers. */
  route(): SimNode | null {
    const { ready } = this;
    return ready.length === 0 ? null : this.chance.pick(ready);
  }

  deviceOf(id: string): Device {
    const device = this.devices.find((one) => one.id === id);
    if (device === undefined) throw new SimFailure(`there is no device ${id}`);
    return device;
  }

  /** A copy of the database as it is, for `restore`. */
  backUp(): void {
    this.#backup = { put: this.database.backup(), at: this.world.now };
  }

  /** The last copy is put back: the servers are stopped, the database is replaced, everybody starts again. */
  restore(): void {
    if (this.#backup === null) return;
    this.wasRestored = true;
    this.restoredAt = this.postgres.now();
    this.postgres.crash();
    for (const index of this.nodes.keys()) this.killNode(index, false);
    this.#backup.put();
    this.database.newEpochs();
    this.#backup = null;
    for (const { location } of HOUSES) {
      this.#truths.delete(location);
      this.truthOf(location).catchUp();
    }
    this.world.after(300, null, () => {
      this.postgres.start();
      for (const index of this.nodes.keys()) this.startNode(index);
    });
  }

  /** Everything is as it should be from now on. */
  async heal(): Promise<void> {
    const { world, network } = this;
    network.weather = FINE;
    this.postgres.mood = HEALTHY;
    this.storageFails = 0;
    this.postgres.start();
    this.bus.isUp = true;
    this.revoked.clear();
    this.refusing.clear();
    network.closed.clear();
    this.hangUpUntil = 0;
    this.isHealed = true;
    for (const [index, node] of this.nodes.entries()) {
      if (node === null) this.startNode(index);
      else node.process.skew = 0;
    }
    for (const device of this.devices) {
      device.jump(-device.skew);
      if (device.tab === null) world.after(0, null, () => device.open());
      else {
        world.thaw(device.tab.process);
        for (const wire of device.tab.wires) if (!wire.dead && !device.blocks.has('sse')) wire.flow();
      }
      device.setOnline(true);
      device.show();
    }
    await world.advance(world.now + 3_000);
    this.unblock();
  }

  /** Somebody pairs again, or reloads, what says that it is blocked. */
  unblock(): void {
    for (const device of this.devices)
      device.within((tab) => {
        if (tab.heard.connection.get().word === 'blocked') void tab.heard.renew();
      });
  }

  /** A house's configuration. */
  place(name: string): LocationConfig {
    return { ...(this.profile.fat === true ? bigPlace : simPlace), name };
  }

  get rules(): Rules {
    if (this.profile.stubborn !== true) return houseRules;
    return {
      ...houseRules,
      decide(state, command, context) {
        if (command.name === 'ticket.escalate' && command.input.rung === 4)
          return { ok: false, refusal: { code: 'conflict', detail: 'A rule that does not want to.' } };
        return houseRules.decide(state, command, context);
      },
    };
  }

  #mixedUp(location: string): string {
    if (this.isHealed || this.profile.scrambled !== true || location !== 'brasa' || !this.chance.chance(0.1))
      return location;
    this.tally.add('fault mixed up');
    return 'brasa-2';
  }

  readToken(read: () => TokenReading): TokenReading {
    const reading = read();
    if (reading.ok && reading.claims.dev !== undefined && this.refusing.has(reading.claims.dev))
      return { ok: false, why: 'refused' };
    return reading;
  }

  sourceOf(locations: Locations): FeedSource {
    return {
      open: (location) => locations.open(this.#mixedUp(location)),
      keep: locations.keep,
      tagAt: locations.tagAt,
      refresh: locations.refresh,
      submitInner: locations.submitInner,
    };
  }

  #committed(location: string): void {
    const truth = this.truthOf(location);
    const from = truth.head;
    truth.catchUp();
    for (const event of truth.events.slice(from)) {
      this.tally.add(`event ${event.type}`);
      this.trace(`${location} ${event.seq} ${event.type}`);
      if (event.type === 'ticket.heard') this.screens.heard(location, event.data.ticket, event.data.screen);
    }
  }
}
