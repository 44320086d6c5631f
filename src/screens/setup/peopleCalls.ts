import { field, textAt, wholeAt, wordsAt } from '../pos/reading.ts';
import { call, list, type Reply } from './calls.ts';

/** The people of a house and their PINs. */

export type Person = {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly stations: readonly string[];
  readonly hasPin: boolean;
};
export type People = {
  readonly staff: readonly Person[];
  /** Digits of a PIN with more rights. */ readonly longPin: number;
};

export const peopleCalls = {
  list: (token: string, location: string): Promise<Reply<People>> =>
    call(`/v1/locations/${location}/staff`, readPeople, { token }),
  put: (
    token: string,
    location: string,
    person: { id?: string; name: string; role: string; stations: readonly string[] },
  ): Promise<Reply<Person>> => call(`/v1/locations/${location}/staff`, readPerson, { token, body: person }),
  /** `pin` undefined: one is made and answered once; null: the person has none any more. */
  pin: (
    token: string,
    location: string,
    id: string,
    pin: string | null | undefined,
  ): Promise<Reply<{ pin: string | null }>> =>
    call(
      `/v1/locations/${location}/staff/${encodeURIComponent(id)}/pin`,
      (body) => ({ pin: textAt(body, 'pin') ?? null }),
      { token, body: pin === undefined ? {} : { pin } },
    ),
  remove: (token: string, location: string, id: string): Promise<Reply<true>> =>
    call(`/v1/locations/${location}/staff/${encodeURIComponent(id)}/remove`, () => true as const, {
      token,
      body: {},
    }),
};

function readPeople(body: unknown): People | null {
  const staff = list(field(body, 'staff'), readPerson);
  return staff === null ? null : { staff, longPin: wholeAt(body, 'longPin') ?? 6 };
}

function readPerson(value: unknown): Person | null {
  const [id, name, role] = ['id', 'name', 'role'].map((key) => textAt(value, key));
  return id === undefined || name === undefined || role === undefined
    ? null
    : { id, name, role, stations: wordsAt(value, 'stations'), hasPin: field(value, 'hasPin') === true };
}
