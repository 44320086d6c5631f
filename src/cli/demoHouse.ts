import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ConfigError } from '../config.ts';
import type { Config } from '../config.ts';
import { isLoopback } from '../edge/loopback.ts';
import type { LocationRow, Log } from '../log/types.ts';
import type { LogLine } from '../ops/logger.ts';
import { bookEvening } from './demoEvening.ts';
import { peopleAt, readHouse } from './house.ts';
import type { House } from './house.ts';
import { applyHouse } from './init.ts';
import { fillLarders } from './larder.ts';
import type { InitTools } from './init.ts';
import type { Crowd } from './past/guests.ts';
import { type PastTools, writePast } from './past/writePast.ts';

/** What the demo's start has to tell: PINs by person, from the file or made at random for a public demo. */
export type DemoReport = {
  readonly pins: readonly { name: string; role: string; pin: string }[];
  readonly random: boolean;
};

const FILES = ['brasa-group.yaml', 'other.yaml'] as const;

/** The folder `demo` of this package. */
export function demoDir(): string {
  for (let at = import.meta.dirname; at !== dirname(at); at = dirname(at)) {
    if (existsSync(join(at, 'demo', FILES[0]))) return join(at, 'demo');
  }
  throw new Error('The folder "demo" is missing from this installation of Heard');
}

export async function readDemo(): Promise<House[]> {
  return Promise.all(FILES.map(async (file) => readHouse(await readFile(join(demoDir(), file), 'utf8'))));
}

type DemoTools = InitTools & {
  readonly log: Pick<
    Log,
    'createOrganization' | 'createLocation' | 'readLocation' | 'listLocations' | 'clock'
  >;
  readonly embedded: boolean;
  /** Runs the work when nobody else fills this database. */
  turn<T>(work: () => Promise<T>): Promise<T>;
  /** With what the demo is given a past; without, it has none. */
  readonly past?: PastTools & { readonly days: number; readonly report: LogLine };
};

/** How many orders a usual weekday had, and how many of them sat down. */
const CROWDS: Readonly<Record<string, Crowd>> = {
  brasa: { orders: 56, dineIn: 0.62 },
  esquina: { orders: 48, dineIn: 0.2 },
};

/**
 * Loads the demo where it is wanted: HEARD_DEMO=1, or an embedded database that is empty. A server that is reachable
 * from outside does not serve the demo with PINs that stand in a public file: only HEARD_DEMO=public, with new ones.
 * Answers null when there is no demo here. Throws ConfigError when the combination is refused.
 */
export async function loadDemo(
  config: Pick<Config, 'demo' | 'host' | 'databaseUrl'>,
  tools: DemoTools,
): Promise<DemoReport | null> {
  if ((await lookAround(config, tools)) === null) return null;
  return tools.turn(async () => {
    // Whoever was at it before may have made what is wanted here, or a house of their own.
    const all = await lookAround(config, tools);
    return all === null ? null : fillDemo(all, config.demo === 'public', tools);
  });
}

/** What there is, when the demo is to be loaded or looked after; null when it is not. */
async function lookAround(
  config: Pick<Config, 'demo' | 'host'>,
  tools: Pick<DemoTools, 'log' | 'embedded'>,
): Promise<LocationRow[] | null> {
  const all = await tools.log.listLocations();
  const there = all.some((location) => location.demo);
  const wanted =
    config.demo === 'on' ||
    config.demo === 'public' ||
    (config.demo === 'auto' && tools.embedded && all.length === 0);
  if (!there && !wanted) return null;
  const isPublic = config.demo === 'public';
  if (!isLoopback(config.host) && !isPublic) {
    throw new ConfigError(
      `HEARD_DEMO must be ${there ? '' : '0 or '}public when HOST is ${config.host}: ${there ? 'this database has the demo' : 'the demo would be loaded'}, and its PINs are known to everybody`,
    );
  }
  return config.demo === 'off' ? null : all;
}

async function fillDemo(
  all: readonly LocationRow[],
  isPublic: boolean,
  tools: DemoTools,
): Promise<DemoReport> {
  const there = all.some((location) => location.demo);
  const houses = await readDemo();
  if (!there && tools.past !== undefined) await givePast(houses, tools.log, tools.past);
  const pins = new Map<string, { name: string; role: string; pin: string }>();
  for (const house of houses) {
    const known = all.filter((location) => house.locations.some((one) => one.id === location.id));
    if (known.some((location) => !location.demo))
      throw new ConfigError(
        'HEARD_DEMO must be 0: a location of this database has the name of one of the demo',
      );
    if (isPublic) {
      const { secrets } = await applyHouse(house, tools, { randomPins: true });
      await fillLarders(house, tools);
      for (const { who, value } of secrets)
        pins.set(`${house.organization.id} ${who}`, { ...person(house, who), pin: value });
      continue;
    }
    if (known.length === 0) {
      await applyHouse(house, tools);
      await fillLarders(house, tools);
    } else await forgetRandomPins(house, tools);
    if (house === houses[0])
      for (const one of house.staff)
        if (one.pin !== undefined) pins.set(one.id, { name: one.name, role: one.role, pin: one.pin });
  }
  if (tools.past !== undefined && tools.past.days > 0)
    for (const { locations } of houses)
      for (const { id, config: place } of locations)
        if (place !== undefined) await bookEvening(id, place, tools.locations, tools.log.clock.now());
  return { pins: [...pins.values()], random: isPublic };
}

/** A month of service in the log of each location that is new, before anything in it is live. */
async function givePast(
  houses: readonly House[],
  log: DemoTools['log'],
  past: NonNullable<DemoTools['past']>,
): Promise<void> {
  const { days, report } = past;
  for (const { organization, locations } of days > 0 ? houses : []) {
    await log.createOrganization(organization.id, organization.name, { demo: organization.demo });
    for (const { id, config } of locations) {
      const crowd = CROWDS[id];
      if (crowd === undefined || config === undefined) continue;
      await log.createLocation(organization.id, id, config.name);
      const written = await writePast(id, config, crowd, days, past);
      if (written === null) continue;
      const { isWhole, events, orders, ms } = written;
      report(
        isWhole ? 'the demo got a past' : 'the demo got a part of a past: somebody else was faster there',
        { location: id, days, events, orders, ms: Math.round(ms) },
      );
    }
  }
}

function person(house: House, id: string): { name: string; role: string } {
  const found = house.locations
    .flatMap((location) => peopleAt(house, location.id))
    .find((one) => one.id === id);
  return { name: found?.name ?? id, role: found?.role ?? '' };
}

/** A demo that was public before gets the PINs of the file back; one whose staff somebody changed is left as it is. */
async function forgetRandomPins(house: House, tools: DemoTools): Promise<void> {
  for (const location of house.locations) {
    const staff = await tools.accounts.staff.list(location.id);
    if (staff.some((one) => one.pinSource === 'random'))
      await tools.accounts.staff.replace(location.id, peopleAt(house, location.id));
  }
}
