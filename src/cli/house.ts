import { parseDocument } from 'yaml';
import { z } from 'zod';
import { LONG_PIN, PIN } from '../accounts/pin.ts';
import type { PersonWithPin } from '../accounts/staff.ts';
import { locationConfig } from '../domain/config.ts';
import type { LocationConfig } from '../domain/config.ts';
import { roles } from '../domain/commands.ts';
import { slug, words } from '../domain/text.ts';

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

const houseFile = z
  .strictObject({
    organization: z.strictObject({ id: slug, name: words(80), demo: z.boolean().default(false) }),
    owner: login.optional(),
    managers: z.array(login).max(50).default([]),
    /** People who work at every location of the file. */
    staff: z.array(staffEntry).max(500).default([]),
    locations: z
      .array(
        z.strictObject({ id: slug, staff: z.array(staffEntry).max(500).default([]), config: locationConfig }),
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
