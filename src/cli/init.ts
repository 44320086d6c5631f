import type { Accounts } from '../accounts/accounts.ts';
import { randomPin } from '../accounts/pin.ts';
import type { PersonWithPin } from '../accounts/staff.ts';
import type { LocationState } from '../domain/state.ts';
import type { Command } from '../domain/commands.ts';
import { canonicalJson } from '../edge/canonical.ts';
import type { Locations } from '../location/locations.ts';
import type { Log } from '../log/types.ts';
import { HouseError, peopleAt } from './house.ts';
import type { House } from './house.ts';
import { uuid7 } from '../ops/uuid7.ts';

export type InitTools = {
  readonly log: Pick<Log, 'createOrganization' | 'createLocation' | 'readLocation'>;
  readonly accounts: Pick<Accounts, 'staff' | 'logins' | 'channelLinks'>;
  readonly locations: Pick<Locations, 'open' | 'submit'>;
};

/** What one run did. `secrets` are shown once and stored nowhere in clear. */
export type InitReport = {
  readonly changed: string[];
  readonly secrets: { who: string; what: 'password' | 'pin'; value: string }[];
};

/**
 * Makes the database what the file says: organization, logins, locations with their configuration, staff. A second run
 * with the same file changes nothing; a changed configuration is one location.configure. Nothing is deleted but staff.
 */
export async function applyHouse(
  house: House,
  tools: InitTools,
  options: { readonly randomPins?: boolean } = {},
): Promise<InitReport> {
  const report: InitReport = { changed: [], secrets: [] };
  const { organization } = house;
  const row = await tools.log.createOrganization(organization.id, organization.name, {
    demo: organization.demo,
  });
  if (row.demo !== organization.demo)
    throw new HouseError([
      `organization.demo: "${organization.id}" exists and is ${row.demo ? '' : 'not '}a demo`,
    ]);
  for (const location of house.locations) {
    if ((await tools.log.readLocation(location.id)) === null) report.changed.push(`location ${location.id}`);
    const name = location.config?.name ?? location.name ?? location.id;
    await tools.log.createLocation(organization.id, location.id, name);
  }

  const logins = [
    ...(house.owner === undefined ? [] : [{ ...house.owner, role: 'owner' as const }]),
    ...house.managers.map((one) => ({ ...one, role: 'manager' as const })),
  ];
  for (const { email, name, role, password } of logins) {
    const made = await tools.accounts.logins.ensureMember(organization.id, {
      email,
      name,
      role,
      ...(password !== undefined && { password }),
    });
    if (made.changed) report.changed.push(`${role} ${email}`);
    if (made.password !== undefined)
      report.secrets.push({ who: email, what: 'password', value: made.password });
  }

  const pins = new Map<string, string>();
  for (const location of house.locations) {
    if (location.config !== undefined && (await configure(tools, location.id, location.config)))
      report.changed.push(`configuration of ${location.id}`);
    for (const { channel, secrets, environment, baseUrl } of location.links) {
      const { changed } = await tools.accounts.channelLinks.ensure(location.id, {
        organization: organization.id,
        channel,
        provider: location.config?.channels.find(({ id }) => id === channel)?.provider ?? '',
        madeBy: 'cli:init',
        secrets,
        environment,
        baseUrl: baseUrl ?? null,
      });
      if (changed) report.changed.push(`link of ${channel} at ${location.id}`);
    }
    const people = peopleAt(house, location.id).map((person) =>
      options.randomPins === true ? withRandomPin(person, pins) : person,
    );
    // A place that is set up on the page has its people there as well.
    if (location.config === undefined && people.length === 0) continue;
    const { changed, removed } = await tools.accounts.staff.replace(location.id, people);
    for (const id of changed) report.changed.push(`staff ${id} at ${location.id}`);
    for (const id of removed) report.changed.push(`staff ${id} at ${location.id} removed`);
  }
  for (const [who, value] of pins) report.secrets.push({ who, what: 'pin', value });
  return report;
}

function withRandomPin(person: PersonWithPin, pins: Map<string, string>): PersonWithPin {
  if (person.pin === null) return person;
  let pin = pins.get(person.id);
  while (pin === undefined) {
    const candidate = randomPin(6);
    if (![...pins.values()].includes(candidate)) pin = candidate;
  }
  pins.set(person.id, pin);
  return { ...person, pin, pinSource: 'random' };
}

async function configure(
  tools: InitTools,
  location: string,
  config: NonNullable<LocationState['config']>,
): Promise<boolean> {
  const hot = await tools.locations.open(location);
  if (hot === null) throw new Error(`Location "${location}" vanished while it was made`);
  if (canonicalJson(hot.state.config) === canonicalJson(config)) return false;
  const command: Command = { id: uuid7(), name: 'location.configure', input: { config } };
  const outcome = await tools.locations.submit(
    location,
    command,
    { id: 'cli:init', role: 'owner', name: 'heard init' },
    'init',
  );
  if (outcome.ok) return true;
  if ('refusal' in outcome) {
    const { detail, errors = [] } = outcome.refusal;
    throw new HouseError([
      `locations.${location}: ${detail}`,
      ...errors.map((error) => `locations.${location}.${error.path}: ${error.message}`),
    ]);
  }
  throw new Error(`Location "${location}" cannot be changed at the moment; run the same command again`);
}
