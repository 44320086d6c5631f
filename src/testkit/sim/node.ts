import * as views from '../../domain/views.ts';
import { RULES } from '../../domain/rulesHash.ts';
import type { Claims } from '../../accounts/tokens.ts';
import { createNeighbours, roomsOf } from '../../backplane/neighbours.ts';
import { createDoor } from '../../edge/door.ts';
import type { Door } from '../../edge/door.ts';
import { createLongPolls } from '../../edge/longPolls.ts';
import type { LongPolls } from '../../edge/longPolls.ts';
import { SocketTalk } from '../../edge/socketTalk.ts';
import { createStreams } from '../../edge/streams.ts';
import type { Streams } from '../../edge/streams.ts';
import { createFeed } from '../../feed/feed.ts';
import type { Feed } from '../../feed/feed.ts';
import { createPresence } from '../../feed/presence.ts';
import { createBatcher } from '../../location/batcher.ts';
import { readCourtesy } from '../../location/courtesy.ts';
import { createLocations } from '../../location/locations.ts';
import type { Locations } from '../../location/locations.ts';
import { CLOSE } from '../../protocol/down.ts';
import { SUBPROTOCOL } from '../../protocol/version.ts';
import type { Log } from '../../log/types.ts';
import type { Sim } from './sim.ts';
import { readToken } from './tokens.ts';
import { ServerEnd } from './wire.ts';
import type { Wire } from './wire.ts';
import type { Process } from './world.ts';

/** A server, wired as `main.ts` wires it, over the simulation's database, bus and network. */
export type SimNode = {
  readonly name: string;
  readonly process: Process;
  readonly door: Door;
  readonly locations: Locations;
  readonly feed: Feed;
  readonly log: Log;
  readonly streams: Streams;
  readonly longPolls: LongPolls;
  readonly wires: Set<Wire>;
  isReady: boolean;
  isDraining: boolean;
  /** A page dials; false when nobody is let in. */
  accept(wire: Wire, location: string, protocol: string): boolean;
  /** As SIGTERM does it: streams are sent away one after the other, what waits is answered. */
  drain(overMs: number): Promise<void>;
};

const RETRY_START_MS = 500;

/** Starts a server process; it is ready once the database has answered. Runs within the world. */
export function startNode(sim: Sim, name: string): SimNode {
  const { world, postgres, tally } = sim;
  const process = world.process(name);
  world.current = process;
  const { log, clock } = postgres.connect(process);
  const report = (message: string, detail?: Readonly<Record<string, unknown>>): void =>
    sim.reported(name, message, detail ?? {});
  const isRevoked = (claims: Claims): boolean => claims.dev !== undefined && sim.revoked.has(claims.dev);
  const door = createDoor({
    readToken: async (token) => sim.readToken(() => readToken(token, world.wall(process))),
    isRevoked,
    readLocation: (location) => log.readLocation(location),
  });
  const neighbours = createNeighbours({
    redisUrl: undefined,
    backplane: sim.bus.connect(process),
    locations: () => locations,
    readCourtesy,
    report,
  });
  const presence = createPresence({
    local: (location) => ({ watchers: feed.watchers(location), behind: feed.behind(location) }),
    state: (location) => locations.peek(location)?.state ?? null,
    emit: (location, data) => feed.emit(location, data),
    now: () => clock.now(),
    rooms: roomsOf(neighbours),
  });
  const locations = createLocations({
    log,
    batcher: createBatcher(log, { maxLocations: 200, parallel: 3, groupCommit: true }),
    rules: sim.rules,
    onCommit: (location, before, after, events, appended) => {
      feed.committed(location, before, after, events, appended);
      if (appended.decidedAt !== null) neighbours.committed(location, appended.stored);
      else presence.committed(location, events);
    },
    house: presence.house,
    onOpened: neighbours.opened,
    onClosed(location) {
      neighbours.closed(location);
      presence.forget(location.id);
    },
    onCourtesy(outcome) {
      tally.add(`courtesy ${outcome}`);
      neighbours.courtesy(outcome);
    },
    onLost: (location) => feed.lost(location),
    report,
  });
  const feed = createFeed({
    source: sim.sourceOf(locations),
    views,
    rules: RULES,
    now: () => clock.now(),
    href: (location, topic) => `/v1/locations/${location}/snapshot?topic=${encodeURIComponent(topic)}`,
    observe: { resets: (reason) => tally.add(`reset ${reason}`) },
    presence,
    report,
  });
  const streams = createStreams({
    feed,
    door,
    rules: RULES,
    now: () => clock.now(),
    isRevoked,
    report,
    observe: { closed: (code) => tally.add(`closed ${code}`) },
  });
  const longPolls = createLongPolls(isRevoked);
  const node: SimNode = {
    name,
    process,
    door,
    locations,
    feed,
    log,
    streams,
    longPolls,
    wires: new Set(),
    isReady: false,
    isDraining: false,
    accept(wire, location, protocol) {
      if (!node.isReady || streams.refusal() !== null) return false;
      const end = new ServerEnd(wire, 'websocket', streams.limits.maxAgeMs);
      wire.server = end;
      node.wires.add(wire);
      const session = streams.begin(end, location);
      const talk = new SocketTalk(session, door, streams.limits, () => undefined);
      end.onText = (text) => talk.arrived(Buffer.from(text), false);
      end.onEnded = (code) => {
        node.wires.delete(wire);
        session.ended(code);
      };
      if (protocol !== SUBPROTOCOL) session.close(CLOSE.version, 'another protocol');
      return true;
    },
    async drain(overMs) {
      node.isDraining = true;
      longPolls.drain();
      await streams.drain(overMs);
      feed.stop();
      presence.stop();
      await neighbours.stop();
      await locations.stop();
    },
  };
  const begin = (): void => {
    clock.start().then(
      () => {
        locations.start();
        neighbours.start();
        presence.start();
        feed.start();
        presence.ready();
        node.isReady = true;
      },
      () => setTimeout(begin, RETRY_START_MS),
    );
  };
  begin();
  return node;
}
