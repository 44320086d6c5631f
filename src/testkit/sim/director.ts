import { isNode } from './guards.ts';
import { reroute, tap } from './people.ts';
import type { SimNode } from './node.ts';
import type { Happening } from './profiles.ts';
import type { Device } from './device.ts';
import { OPEN_HOUSES } from './houses.ts';
import type { Sim } from './sim.ts';
import type { Wire } from './wire.ts';

/** Draws what happens next, and makes it happen. Every fault leaves its count. */

/** What somebody else would look at, and now and then this one does. */
const ASIDE = { kitchen: 'kitchen', expo: 'station:grill', waiter: 'floor' } as const;

type Deed = (sim: Sim) => void;

const DEEDS: { readonly [H in Happening]: Deed } = {
  tap: (sim) => person(sim, 'tap'),
  order: (sim) => person(sim, 'order'),
  wait: () => undefined,
  longWait: () => undefined,
  double: doubleTap,
  partition: (sim) => {
    const device = sim.chance.pick(sim.devices);
    if (!device.isOnline) return;
    fault(sim, 'partition', device.id);
    // Half of them know: the radio is off. The others have a network that leads nowhere.
    if (sim.chance.chance(0.5)) device.setOnline(false);
    else sim.network.cut.add(device.id);
    later(sim, 500, 25_000, () => {
      device.setOnline(true);
    });
  },
  road: (sim) => {
    const node = anyNode(sim);
    if (node === undefined) return;
    const road = `${sim.chance.pick(sim.devices).id}|${node.name}`;
    fault(sim, 'road', road);
    sim.network.closed.add(road);
    later(sim, 500, 20_000, () => sim.network.closed.delete(road));
  },
  cutWire: (sim) => {
    const wire = anyWire(sim);
    if (wire === undefined) return;
    fault(sim, 'cut', wire.device);
    wire.cut();
  },
  halfOpen: (sim) => {
    const wire = anyWire(sim);
    if (wire === undefined) return;
    fault(sim, 'halfOpen', wire.device);
    wire.vanish();
  },
  stall: (sim) => {
    const wire = anyWire(sim);
    if (wire === undefined || wire.stalled) return;
    fault(sim, 'stall', wire.device);
    wire.stalled = true;
    later(sim, 200, 12_000, () => wire.flow());
  },
  killNode: (sim) => {
    const index = sim.chance.below(sim.nodes.length);
    if (!sim.nodes[index] || sim.nodes.filter(Boolean).length < 2) return;
    fault(sim, 'killNode', String(index));
    sim.killNode(index, sim.chance.chance(0.4));
    later(sim, 300, 6_000, () => sim.startNode(index));
  },
  drainNode: (sim) => {
    const index = sim.chance.below(sim.nodes.length);
    const node = sim.nodes[index];
    if (!node?.isReady || node.isDraining || sim.ready.length < 2) return;
    fault(sim, 'drain', node.name);
    sim.world.after(0, node.process, () => {
      void node.drain(sim.chance.between(200, 3_000)).then(() => {
        if (sim.nodes[index] !== node) return;
        sim.killNode(index, false);
        sim.startNode(index);
      });
    });
  },
  crashDatabase: (sim) => {
    if (!sim.postgres.isUp) return;
    fault(sim, 'database crash', '');
    sim.postgres.crash();
    later(sim, 100, 8_000, () => sim.postgres.start());
  },
  dropConnections: (sim) => {
    fault(sim, 'database connections', '');
    sim.postgres.dropConnections();
  },
  redis: (sim) => {
    if (!sim.bus.isUp) return;
    fault(sim, 'redis', '');
    sim.bus.isUp = false;
    later(sim, 500, 15_000, () => {
      sim.bus.isUp = true;
    });
  },
  sleepTab: (sim) => {
    const tab = anyDevice(sim).tab;
    if (!tab || tab.process.frozen) return;
    fault(sim, 'sleep', tab.process.name);
    sim.world.freeze(tab.process);
    later(sim, 2_000, 45_000, () => sim.world.thaw(tab.process));
  },
  hideTab: (sim) => {
    const device = anyDevice(sim);
    if (!device.tab?.isVisible) return;
    fault(sim, 'hide', device.id);
    device.hide();
    later(sim, 500, 30_000, () => device.show());
  },
  killTab: (sim) => {
    const device = anyDevice(sim);
    if (!device.tab) return;
    fault(sim, 'killTab', device.id);
    if (sim.chance.chance(0.3)) device.close();
    else device.kill(sim.chance.chance(0.5));
    later(sim, 200, 8_000, () => device.tab ?? device.open());
  },
  jumpDevice: (sim) => {
    const device = sim.chance.pick(sim.devices);
    const ms = sim.chance.pick([-3_600_000, -90_000, 60_000, 240_000, 3_600_000]);
    fault(sim, 'device clock', `${device.id} ${ms}`);
    device.jump(device.skew === 0 ? ms : -device.skew);
  },
  jumpNode: (sim) => {
    const node = anyNode(sim);
    if (node === undefined) return;
    const ms = sim.chance.pick([-60_000, -5_000, 5_000, 60_000]);
    fault(sim, 'node clock', `${node.name} ${ms}`);
    node.process.skew = ms;
    later(sim, 2_000, 20_000, () => {
      node.process.skew = 0;
    });
  },
  revoke: (sim) => {
    const device = sim.chance.pick(sim.devices);
    if (sim.revoked.has(device.id)) return;
    fault(sim, 'revoke', device.id);
    sim.revoked.add(device.id);
    later(sim, 2_000, 15_000, () => {
      // Somebody pairs it again.
      sim.revoked.delete(device.id);
      device.within((tab) => void tab.heard.renew());
    });
  },
  refuseToken: (sim) => {
    const device = sim.chance.pick(sim.devices);
    if (sim.refusing.has(device.id)) return;
    fault(sim, 'token refused', device.id);
    sim.refusing.add(device.id);
    later(sim, 500, 6_000, () => {
      sim.refusing.delete(device.id);
      device.within((tab) => {
        if (tab.heard.connection.get().word === 'blocked') void tab.heard.renew();
      });
    });
  },
  reroute: (sim) => {
    const { location } = sim.chance.pick(OPEN_HOUSES);
    const node = sim.route();
    if (node === null) return;
    fault(sim, 'reroute', location);
    const { name, input } = reroute(sim, location);
    sim.world.after(0, node.process, () => {
      const command = { id: crypto.randomUUID(), name, input } as never;
      void node.locations.submit(location, command, { id: 'staff:ana', role: 'manager' }, name);
    });
  },
  look: (sim) => {
    const device = anyDevice(sim);
    const topic = sim.chance.chance(0.3) ? 'station:nowhere' : ASIDE[device.spec.role];
    const ms = sim.chance.between(500, 9_000);
    device.within((tab) => {
      const away = tab.heard.view(topic).subscribe(() => undefined);
      sim.world.after(ms, tab.process, away);
    });
  },
  hangUp: (sim) => {
    if (sim.hangUpUntil > sim.world.now) return;
    fault(sim, 'hang up', '');
    const from = sim.world.now;
    const ms = sim.chance.between(40_000, 70_000);
    sim.hangUpUntil = from + ms;
    for (const node of sim.nodes) for (const wire of node?.wires ?? []) wire.cut();
    sim.world.after(ms, null, () => sim.lines.judgeDials(from));
  },
  restore: (sim) => {
    fault(sim, 'restore', '');
    sim.backUp();
    later(sim, 2_000, 15_000, () => sim.restore());
  },
};

export function happen(sim: Sim, what: Happening): void {
  DEEDS[what](sim);
}

/** Which thing happens: by the profile's weights. */
export function draw(sim: Sim): Happening {
  const entries = Object.entries(sim.profile.weights) as [Happening, number][];
  let left = sim.chance.next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [name, weight] of entries) {
    left -= weight;
    if (left < 0) return name;
  }
  return 'wait';
}

function fault(sim: Sim, name: string, detail: string): void {
  sim.tally.add(`fault ${name}`);
  sim.trace(`FAULT ${name} ${detail}`);
}

function later(sim: Sim, least: number, most: number, work: () => void): void {
  sim.world.after(sim.chance.between(least, most), null, work);
}

function anyDevice(sim: Sim): Device {
  return sim.chance.pick(sim.devices);
}

function anyNode(sim: Sim): SimNode | undefined {
  const alive = sim.nodes.filter(isNode);
  return alive.length === 0 ? undefined : sim.chance.pick(alive);
}

function anyWire(sim: Sim): Wire | undefined {
  const alive = sim.devices.flatMap(({ tab }) => [...(tab?.wires ?? [])].filter(({ dead }) => !dead));
  return alive.length === 0 ? undefined : sim.chance.pick(alive);
}

function person(sim: Sim, kind: 'tap' | 'order'): void {
  const able = sim.devices.filter(
    ({ tab, spec }) =>
      tab !== null && !tab.process.frozen && tab.isVisible && (kind === 'tap' || spec.role === 'waiter'),
  );
  if (able.length === 0) return;
  const device = sim.chance.pick(able);
  device.within((tab) => tap(sim, device, tab, kind));
}

/** Two cooks, one ticket: both tap the same thing within a moment. */
function doubleTap(sim: Sim): void {
  const [one, two] = sim.devices;
  for (const device of [one, two]) {
    if (!device?.tab) continue;
    device.within((tab) => {
      const ticket = [...tab.heard.view('station:grill').get().entities.ticket.values()][0];
      if (ticket === undefined) return;
      tap(sim, device, tab, 'tap');
    });
  }
}
