import type { Random } from './sim/random.ts';

/** A body as no well-behaved sender would write it: still mostly JSON, and wrong where it hurts. Deterministic by its chance. */

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Place = { readonly holder: Json[] | { [key: string]: Json }; readonly key: string };

const LONG = 60_000;
const DEEP = 400;

export type Mutated = { readonly raw: Buffer; readonly what: string };

/** `count` is part of every id of a fresh delivery, so that it is not taken for a repeat. */
export function mutateJson(sample: Buffer, random: Random, count: number): Mutated {
  const value = JSON.parse(sample.toString('utf8')) as Json;
  if (random.chance(0.75)) renew(value, `-${count}`);
  if (random.chance(0.12)) return mutateBytes(Buffer.from(JSON.stringify(value)), random);
  const what: string[] = [];
  const root = { body: value };
  for (let times = 1 + random.below(3); times > 0; times -= 1) what.push(mutateOnce(root, random));
  const text = random.chance(0.1)
    ? twice(JSON.stringify(root.body ?? null), what)
    : JSON.stringify(root.body ?? null);
  // What JSON can say and a database cannot keep: JSON.stringify writes half an emoji as an escape by itself.
  return { raw: Buffer.from(text), what: what.join(', ') };
}

/** The fields of a form, mutated as text and as bytes. */
export function mutateForm(sample: Buffer, random: Random, count: number): Mutated {
  const fields = [...new URLSearchParams(sample.toString('utf8'))];
  if (random.chance(0.75))
    for (const field of fields) if (/sid$/i.test(field[0])) field[1] = `${field[1]}${count}`;
  if (random.chance(0.15)) return mutateBytes(Buffer.from(new URLSearchParams(fields).toString()), random);
  const at = random.below(fields.length);
  const [name = '', value = ''] = fields[at] ?? [];
  const [what, put] = random.pick<readonly [string, [string, string][]]>([
    [`no ${name}`, []],
    [`${name} empty`, [[name, '']]],
    [
      `${name} twice`,
      [
        [name, value],
        [name, `${value}2`],
      ],
    ],
    [`${name} long`, [[name, 'x'.repeat(LONG)]]],
    [`${name} with U+0000`, [[name, `${value}\0`]]],
    [`${name} strange`, [[name, '🍽️ \u202e <b>&amp;</b> \' " ; --']]],
    [`${name} a number`, [[name, '-1e999']]],
  ]);
  fields.splice(at, 1, ...put);
  return { raw: Buffer.from(new URLSearchParams(fields).toString()), what };
}

function mutateBytes(raw: Buffer, random: Random): Mutated {
  const at = random.below(raw.length + 1);
  const insert = (what: string, bytes: Buffer): Mutated => ({
    raw: Buffer.concat([raw.subarray(0, at), bytes, raw.subarray(at)]),
    what: `${what} at ${at}`,
  });
  return random.pick<() => Mutated>([
    () => insert('not UTF-8', Buffer.from([0xff])),
    () => insert('half a letter', Buffer.from([0xe2, 0x82])),
    () => insert('a zero byte', Buffer.from([0])),
    () => insert('a bracket', Buffer.from('[')),
    () => ({ raw: raw.subarray(0, at), what: `cut at ${at}` }),
    () => ({ raw: Buffer.alloc(0), what: 'empty' }),
    () => ({ raw: Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), raw]), what: 'a byte order mark' }),
    () => ({ raw: Buffer.from('[{"a":'.repeat(20_000)), what: 'brackets without end' }),
    () => ({ raw: Buffer.concat([raw, raw]), what: 'twice in a row' }),
  ])();
}

function mutateOnce(root: { body: Json }, random: Random): string {
  const { holder, key } = random.pick(placesOf(root));
  const at = `${key.slice(0, 30)}`;
  const old = get(holder, key);
  const put = (what: string, value: Json): string => {
    set(holder, key, value);
    return `${at} ${what}`;
  };
  return random.pick<() => string>([
    () => {
      if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else if (holder !== root) delete holder[key];
      return `${at} missing`;
    },
    () => put('null', null),
    () => put('a number', random.pick([0, -1, 1.5, 1e308, -1e-308, 2 ** 53 + 2, 1_795_200_312_000])),
    () => put('true', true),
    () => put('text', random.pick(['', ' ', 'NaN', '-', '2026-13-45T99:99:99Z', 'null', '[object Object]'])),
    () => put('an empty list', []),
    () => put('an empty object', {}),
    () => put('in a list', [old]),
    () => put('in an object', { value: old, [at]: old }),
    () => put('with U+0000', `${typeof old === 'string' ? old : ''}\0`),
    () => put('half an emoji', `${typeof old === 'string' ? old : ''}\ud83c`),
    () => put('right to left', '\u202e‏مرحبا 🍽️'),
    () => put('long', 'a'.repeat(LONG)),
    () =>
      put(
        'many',
        Array.from({ length: 500 }, () => old),
      ),
    () => put('deep', deep(DEEP)),
    () => put('rather deep', deep(28)),
    () => {
      if (!Array.isArray(holder)) Object.defineProperty(holder, '__proto__', own({ polluted: true }));
      return `${at} beside __proto__`;
    },
    () => {
      if (!Array.isArray(holder)) holder['constructor'] = { prototype: { polluted: true } };
      return `${at} beside constructor`;
    },
    () => {
      const other = random.pick(placesOf(root));
      const [mine, theirs] = [structuredClone(old), structuredClone(get(other.holder, other.key))];
      set(holder, key, theirs);
      if (other.holder !== root && holder !== root) set(other.holder, other.key, mine);
      return `${at} and ${other.key.slice(0, 30)} changed places`;
    },
  ])();
}

const own = (value: Json) => ({ value, enumerable: true, writable: true, configurable: true });

function deep(levels: number): Json {
  let value: Json = 'deep';
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { deeper: value };
  return value;
}

function get(holder: Json[] | { [key: string]: Json }, key: string): Json {
  return (Array.isArray(holder) ? holder[Number(key)] : holder[key]) ?? null;
}

function set(holder: Json[] | { [key: string]: Json }, key: string, value: Json): void {
  if (Array.isArray(holder)) holder[Number(key)] = value;
  else holder[key] = value;
}

/** Every place that holds something; the nearest 3,000. */
function placesOf(root: { [key: string]: Json }): Place[] {
  const places: Place[] = [];
  const todo: (Json[] | { [key: string]: Json })[] = [root];
  for (let holder = todo.shift(); holder !== undefined && places.length < 3_000; holder = todo.shift())
    for (const key of Object.keys(holder)) {
      places.push({ holder, key });
      const below = get(holder, key);
      if (typeof below === 'object' && below !== null) todo.push(below);
    }
  return places;
}

/** The first field of an object once more, with another value: the last one counts, or the first, as the reader likes. */
function twice(text: string, what: string[]): string {
  const match = /"(\w+)":("[^"\\]*"|\d+|true|false|null)/.exec(text);
  if (match === null) return text;
  what.push(`${match[1] ?? ''} twice`);
  return text.replace(match[0], `${match[0]},"${match[1] ?? ''}":"again"`);
}

function renew(root: Json, suffix: string): void {
  const todo: Json[] = [root];
  for (let value = todo.pop(); value !== undefined; value = todo.pop()) {
    if (typeof value !== 'object' || value === null) continue;
    for (const key of Object.keys(value)) {
      const below = get(value, key);
      if (typeof below === 'string' && /(^|_)(id|uuid)$|(Id|ID|Sid)$/.test(key))
        set(value, key, `${below}${suffix}`);
      else todo.push(below);
    }
  }
}
