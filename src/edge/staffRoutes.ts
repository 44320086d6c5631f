import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Accounts } from '../accounts/accounts.ts';
import { LONG_PIN, PIN, randomPin } from '../accounts/pin.ts';
import type { Person } from '../accounts/staff.ts';
import { roles } from '../domain/commands.ts';
import { uniqueSlug } from '../domain/slugs.ts';
import { slug, words } from '../domain/text.ts';
import { callerOf, placeOf } from './app.ts';
import type { Caller, Place } from './door.ts';
import { parseInput, refuse, refuseField } from './problem.ts';
import { managersOnly } from './setupRoutes.ts';

/** Who works in the house, and their PINs: calls of their own, for a secret never travels in a command. */

const staffRoles = z.enum(roles).exclude(['guest', 'partner', 'display']);
export const staffBodies = {
  put: z.strictObject({
    /** Left out: made from the name. */
    id: slug.optional(),
    name: words(60),
    role: staffRoles,
    stations: z.array(slug).max(20).default([]),
  }),
  /** Left out: one is made at random and answered once. Null: the person has none any more. */
  pin: z.strictObject({ pin: z.string().regex(PIN, 'must be 4 to 12 digits').nullable().optional() }),
} as const;
export const personAnswer = z.object({
  id: z.string(),
  name: z.string(),
  role: z.string(),
  stations: z.array(z.string()),
  hasPin: z.boolean(),
});

const TRIES = 20;

export function registerStaff(app: FastifyInstance, { staff }: Pick<Accounts, 'staff'>): void {
  const base = '/v1/locations/:location/staff';
  type OnePerson = { Params: { location: string; id: string } };

  app.get(base, { config: managersOnly }, async (request) => ({
    staff: (await staff.list(placeOf(request).id)).map(({ pinSource: _source, ...person }) => person),
    longPin: placeOf(request).demo ? 4 : LONG_PIN,
  }));

  app.post(base, { config: managersOnly }, async (request) => {
    const place = placeOf(request);
    const body = parseInput(staffBodies.put, request.body);
    const all = await staff.list(place.id);
    const there = all.find(({ id }) => id === body.id);
    mayChange(callerOf(request), there, body);
    const { name, role, stations } = body;
    const id = body.id ?? uniqueSlug(name, new Set(all.map((one) => one.id)));
    // How long a PIN is nobody knows but its owner: with more rights it is given anew.
    const forgetPin = there?.hasPin === true && needsLongPin(place, role) && !needsLongPin(place, there.role);
    await staff.put(place.id, { id, name, role, stations }, { forgetPin });
    return { id, name, role, stations, hasPin: there?.hasPin === true && !forgetPin };
  });

  app.post<OnePerson>(`${base}/:id/pin`, { config: managersOnly }, async (request) => {
    const place = placeOf(request);
    const { pin: said } = parseInput(staffBodies.pin, request.body ?? {});
    const person = (await staff.list(place.id)).find(({ id }) => id === request.params.id);
    if (person === undefined) throw refuse('not_found', 'Nobody here has this id');
    mayChange(callerOf(request), person, person);
    const least = needsLongPin(place, person.role) ? LONG_PIN : 4;
    if (typeof said === 'string' && said.length < least)
      throw refuseField('pin', `must have at least ${least} digits for the role ${person.role}`);
    for (let tried = 1; ; tried += 1) {
      const pin = said === undefined ? randomPin(least) : said;
      const answer = await staff.setPin(place.id, person.id, pin);
      if (answer === 'unknown') throw refuse('not_found', 'Nobody here has this id');
      if (answer === 'set') return said === undefined ? { pin } : {};
      // A PIN says who somebody is, so no two people of a place may share one.
      if (said !== undefined || tried === TRIES)
        throw refuseField('pin', "is somebody else's as well: choose another");
    }
  });

  app.post<OnePerson>(`${base}/:id/remove`, { config: managersOnly }, async (request, reply) => {
    const place = placeOf(request);
    const person = (await staff.list(place.id)).find(({ id }) => id === request.params.id);
    if (person === undefined) throw refuse('not_found', 'Nobody here has this id');
    mayChange(callerOf(request), person, person);
    if (callerOf(request).claims.sub === `staff:${person.id}`)
      throw refuse('conflict', 'Somebody else must take you off the list');
    await staff.remove(place.id, person.id);
    return reply.code(204).send();
  });
}

function needsLongPin(place: Place, role: string): boolean {
  return !place.demo && (role === 'owner' || role === 'manager');
}

/** A manager is no owner, and makes none. */
function mayChange(
  { claims }: Caller,
  before: Pick<Person, 'role'> | undefined,
  after: Pick<Person, 'role'>,
): void {
  if (claims.role !== 'owner' && (before?.role === 'owner' || after.role === 'owner'))
    throw refuse('forbidden', 'Only an owner may do this to an owner');
}
