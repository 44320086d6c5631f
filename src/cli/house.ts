import { parseDocument } from 'yaml';
import { z } from 'zod';
import { LONG_PIN, PIN } from '../accounts/pin.ts';
import type { PersonWithPin } from '../accounts/staff.ts';
import { locationConfig } from '../domain/config.ts';
import { larderEntry, larderProblems } from './larderEntry.ts';
import type { LocationConfig } from '../domain/config.ts';
import { roles } from '../domain/commands.ts';
import { slug, words } from '../domain/text.ts';
import { linkProblems } from './linkWishes.ts';

/** A restaurant as a file: the YAML of `heard init`. */

const pin = z
  .union([z.string(), z.int()])
  .transform(String)
  .pipe(z.string().regex(PIN, 'must be 4 to 12 digits'));

const staffEntry = z.strictObject({
  id: slug,
  name: words(60),
  role: z.enum(roles).exclude(['guest', 'partner', 'display']),
  pin: pin.optional(),
  stations: z.array(slug).max(20).default([]),
});
type StaffEntry = z.infer<typeof staffEntry>;

const login = z.strictObject({
  email: z.email('must be an e-mail address').max(254),
  name: words(80),
  /** Left out: one is made at random and printed once. */
  password: z.string().min(10, 'must have at least 10 characters').max(200).optional(),
});

/** The account at a provider that a channel of the configuration belongs to. */
const linkEntry = z.strictObject({
  channel: slug,
  /** By the provider's own fields; they are sealed in the database and go nowhere else. */
  secrets: z
    .record(z.string().max(40), z.union([z.string().min(1).max(4_000), z.int()]).transform(String))
    .default({}),
  environment: z.enum(['production', 'sandbox']).default('production'),
  /** A simulator in the provider's place. */
  baseUrl: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).optional(),
});

const houseFile = z
  .strictObject({
    organization: z.strictObject({ id: slug, name: words(80), demo: z.boolean().default(false) }),
    owner: login.optional(),
    managers: z.array(login).max(50).default([]),
    /** People who work at every location of the file. */
    staff: z.array(staffEntry).max(500).default([]),
    locations: z
      .array(
        z.strictObject({
          id: slug,
          staff: z.array(staffEntry).max(500).default([]),
          links: z.array(linkEntry).max(50).default([]),
          larder: larderEntry.optional(),
          /** What the house is called before it has a configuration. */
          name: words(80).optional(),
          /** Left out: the house is set up at /setup, and a later run leaves it as it is there. */
          config: locationConfig.optional(),
        }),
      )
      .min(1)
      .max(200),
  })
  .superRefine((file, context) => {
    const add = (path: (string | number)[], message: string) =>
      context.addIssue({ code: 'custom', path, message });
    for (const [at, location] of file.locations.entries()) {
      if (file.locations.findIndex((other) => other.id === location.id) !== at)
        add(['locations', at, 'id'], `"${location.id}" is here twice`);
      const { config } = location;
      if (config === undefined && location.name === undefined)
        add(['locations', at, 'name'], 'is needed where there is no config');
      if (location.larder !== undefined && config === undefined)
        add(['locations', at, 'larder'], 'needs the config that it counts');
      for (const problem of location.larder && config ? larderProblems(config, location.larder) : [])
        add(['locations', at, 'larder', ...problem.path], problem.message);
      for (const [index, link] of location.links.entries()) {
        const path = ['locations', at, 'links', index];
        const channel = config?.channels.find(({ id }) => id === link.channel);
        if (channel === undefined)
          add([...path, 'channel'], `no channel "${link.channel}" in the configuration`);
        else if (location.links.findIndex((other) => other.channel === link.channel) !== index)
          add([...path, 'channel'], `"${link.channel}" is here twice`);
        else
          for (const problem of linkProblems(channel, link)) add([...path, ...problem.path], problem.message);
      }
      const ids = new Set<string>();
      const pins = new Set<string>();
      const all: [StaffEntry, (string | number)[]][] = [
        ...file.staff.map((person, index): [StaffEntry, (string | number)[]] => [person, ['staff', index]]),
        ...location.staff.map((person, index): [StaffEntry, (string | number)[]] => [
          person,
          ['locations', at, 'staff', index],
        ]),
      ];
      for (const [person, path] of all) {
        if (ids.has(person.id)) add([...path, 'id'], `"${person.id}" is here twice`);
        ids.add(person.id);
        if (person.pin === undefined) continue;
        // A PIN says who somebody is, so no two people of a place may share one.
        if (pins.has(person.pin)) add([...path, 'pin'], "is somebody else's as well");
        pins.add(person.pin);
        if (
          (person.role === 'owner' || person.role === 'manager') &&
          person.pin.length < LONG_PIN &&
          !file.organization.demo
        )
          add([...path, 'pin'], `must have at least ${LONG_PIN} digits for the role ${person.role}`);
      }
    }
  });

export type House = z.infer<typeof houseFile>;
export type { LocationConfig };

/** The file is not what `heard init` takes; `lines` says each thing that is wrong with its path. */
export class HouseError extends Error {
  override readonly name = 'HouseError';
  readonly lines: readonly string[];
  constructor(lines: readonly string[]) {
    super(lines.join('\n'));
    this.lines = lines;
  }
}

/** Reads the YAML. Throws HouseError for what YAML or we do not understand. */
export function readHouse(text: string): House {
  const document = parseDocument(text, { uniqueKeys: true });
  if (document.errors.length > 0)
    throw new HouseError(document.errors.map((error) => error.message.split('\n', 1)[0] ?? 'not YAML'));
  const parsed = houseFile.safeParse(document.toJS({ maxAliasCount: 1000 }));
  if (parsed.success) return parsed.data;
  throw new HouseError(
    parsed.error.issues
      .slice(0, 20)
      .map(
        (issue) =>
          `${issue.path.map(String).join('.') || 'the file'}: ${issue.code === 'unrecognized_keys' ? `does not know ${issue.keys.join(', ')}` : issue.message}`,
      ),
  );
}

/** Everybody who works at a location of the house, with their PINs. */
export function peopleAt(house: House, location: string): PersonWithPin[] {
  const own = house.locations.find((one) => one.id === location)?.staff ?? [];
  return [...house.staff, ...own].map((person) => ({
    id: person.id,
    name: person.name,
    role: person.role,
    stations: person.stations,
    pin: person.pin ?? null,
    pinSource: 'file',
  }));
}
