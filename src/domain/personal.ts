import { z } from 'zod';
import { type EventType, eventData } from './events.ts';
import { FORGOTTEN } from './forgetting.ts';

/**
 * Where in events people's own words stand: whatever the schemas mark `pii`. No rule reads what they say, only whether two
 * of them are the same; so each is overwritten by a mark that no other has, and a replay comes to the same orders.
 */

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type Replace = (word: string) => string;

/** A text that is marked, or one that is not: what a test lists. */
export type TextPath = { readonly path: string; readonly isPersonal: boolean };

/** Every place in a schema where a text may stand. */
export function textPaths(schema: z.core.$ZodType, path = '', marked = false): TextPath[] {
  const isPersonal = marked || isMarked(schema);
  const { def } = typed(schema)._zod;
  switch (def.type) {
    case 'string':
      return [{ path, isPersonal }];
    case 'object':
      return Object.entries(def.shape).flatMap(([key, one]) =>
        textPaths(one, path === '' ? key : `${path}.${key}`, isPersonal),
      );
    case 'array':
      return textPaths(def.element, `${path}[]`, isPersonal);
    case 'record':
      return textPaths(def.valueType, `${path}{}`, isPersonal);
    case 'union':
      return def.options.flatMap((one) => textPaths(one, path, isPersonal));
    case 'tuple':
      return def.items.flatMap((one, index) => textPaths(one, `${path}[${index}]`, isPersonal));
    case 'pipe':
      return textPaths(def.out, path, isPersonal).concat(
        typed(def.out)._zod.def.type === 'transform' ? textPaths(def.in, path, isPersonal) : [],
      );
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'nonoptional':
    case 'readonly':
    case 'catch':
      return textPaths(def.innerType, path, isPersonal);
    default:
      return [];
  }
}

/** The value with every marked text replaced; the same value where there is none. */
export function overwritePersonal(
  schema: z.core.$ZodType,
  value: Json | undefined,
  replace: Replace,
  marked = false,
): Json | undefined {
  if (value === undefined || value === null) return value;
  const isPersonal = marked || isMarked(schema);
  const { def } = typed(schema)._zod;
  switch (def.type) {
    case 'string':
      return isPersonal && typeof value === 'string' && value !== '' ? replace(value) : value;
    case 'object':
      return edited(value, (key, one) => {
        const inner = def.shape[key];
        return inner === undefined ? one : overwritePersonal(inner, one, replace, isPersonal);
      });
    case 'record':
      return edited(value, (_key, one) => overwritePersonal(def.valueType, one, replace, isPersonal));
    case 'array':
      return edited(value, (_key, one) => overwritePersonal(def.element, one, replace, isPersonal));
    case 'union':
      // Of a text any branch may speak; which branch an object is, its fields say.
      return def.options.reduce<Json | undefined>(
        (rest, one) => overwritePersonal(one, rest, replace, isPersonal),
        value,
      );
    case 'pipe':
      return overwritePersonal(def.in, value, replace, isPersonal);
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'nonoptional':
    case 'readonly':
    case 'catch':
      return overwritePersonal(def.innerType, value, replace, isPersonal);
    default:
      return value;
  }
}

const personal = new Set(
  Object.entries(eventData)
    .filter(([, schema]) => textPaths(schema).some(({ isPersonal }) => isPersonal))
    .map(([type]) => type),
);

/** May an event of this type hold people's words? */
export function isPersonalType(type: string): type is EventType {
  return personal.has(type);
}

/** The words of people in an event's data. */
export function personalWords(type: EventType, data: Json): string[] {
  const words: string[] = [];
  overwritePersonal(eventData[type], data, (word) => {
    if (!isForgotten(word)) words.push(word);
    return word;
  });
  return words;
}

/** The data with its words overwritten. `seq` makes the marks of this event different from all others'. */
export function forgetIn(type: EventType, data: Json, seq: number, marks: Map<string, string>): Json {
  let count = 0;
  const mark = (word: string): string => {
    if (isForgotten(word)) return word;
    const known = marks.get(word);
    if (known !== undefined) return known;
    const made = `${FORGOTTEN}${seq}${count === 0 ? '' : `.${count}`}`;
    count += 1;
    marks.set(word, made);
    return made;
  };
  return overwritePersonal(eventData[type], data, mark) ?? data;
}

const MARK = new RegExp(`^${FORGOTTEN}(?:\\d+(?:\\.\\d+)?)?$`);

export function isForgotten(word: string): boolean {
  return MARK.test(word);
}

/** By which names events speak of what they are about, the first that an event has. A table is meant by its own events only. */
const SUBJECTS = ['order', 'reservation', 'entry', 'call', 'message', 'table'] as const;

/** The thing whose words an event may hold, by id: an order, a reservation, a call. */
export function subjectOf(type: string, data: Json): string | null {
  if (data === null || typeof data !== 'object' || isList(data)) return null;
  for (const name of SUBJECTS) {
    if (name === 'table' && !type.startsWith('table.')) continue;
    const value = data[name];
    if (typeof value === 'string') return value;
    if (value === null || value === undefined || typeof value !== 'object' || isList(value)) continue;
    const { id } = value;
    if (typeof id === 'string') return id;
  }
  return null;
}

function isMarked(schema: z.core.$ZodType): boolean {
  return z.globalRegistry.get(schema)?.['pii'] === true;
}

function typed(schema: z.core.$ZodType): z.core.$ZodTypes {
  // Every schema of ours is one that zod itself makes.
  return schema as z.core.$ZodTypes;
}

function edited(value: Json, edit: (key: string, one: Json) => Json | undefined): Json {
  if (value === null || typeof value !== 'object') return value;
  if (isList(value)) {
    const list = value.map((one, index) => edit(String(index), one) ?? one);
    return list.every((one, index) => one === value[index]) ? value : list;
  }
  const pairs = Object.entries(value).map(([key, one]): [string, Json] => [key, edit(key, one) ?? one]);
  return pairs.every(([key, one]) => one === value[key]) ? value : Object.fromEntries(pairs);
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
