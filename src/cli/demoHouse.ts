import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ConfigError } from '../config.ts';
import type { Config } from '../config.ts';
import { isLoopback } from '../edge/loopback.ts';
import type { Log } from '../log/types.ts';
import { peopleAt, readHouse } from './house.ts';
import type { House } from './house.ts';
import { applyHouse } from './init.ts';
import type { InitTools } from './init.ts';

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
  readonly log: Pick<Log, 'createOrganization' | 'createLocation' | 'readLocation' | 'listLocations'>;
  readonly embedded: boolean;
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
  if (config.demo === 'off') return null;

  const houses = await readDemo();
  const pins = new Map<string, { name: string; role: string; pin: string }>();
  for (const house of houses) {
    const known = all.filter((location) => house.locations.some((one) => one.id === location.id));
    if (known.some((location) => !location.demo))
      throw new ConfigError(
        'HEARD_DEMO must be 0: a location of this database has the name of one of the demo',
      );
    if (isPublic) {
      const { secrets } = await applyHouse(house, tools, { randomPins: true });
      for (const { who, value } of secrets)
        pins.set(`${house.organization.id} ${who}`, { ...person(house, who), pin: value });
      continue;
    }
    if (known.length === 0) await applyHouse(house, tools);
    else await forgetRandomPins(house, tools);
    if (house === houses[0])
      for (const one of house.staff)
        if (one.pin !== undefined) pins.set(one.id, { name: one.name, role: one.role, pin: one.pin });
  }
  return { pins: [...pins.values()], random: isPublic };
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
