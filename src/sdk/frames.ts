import type { Entity, EntityKind } from '../domain/entities.ts';
import type { Down } from '../protocol/down.ts';
import type { CommandAnswer, SnapshotAnswer } from '../protocol/http.ts';
import type { Problem } from '../protocol/problems.ts';

/**
 * Reading what the server says, without its schemas: they would be half of a kitchen page's script.
 * Checked is what the SDK itself stands on (positions, keys, versions); the rest is the server's promise.
 */

type Fields = { readonly [key: string]: unknown };
type Check = (frame: Fields) => boolean;

const KINDS: { readonly [K in EntityKind]: true } = {
  ticket: true,
  order: true,
  table: true,
  station: true,
  menu: true,
  alert: true,
  tracking: true,
  reservation: true,
  waitlist: true,
  book: true,
  call: true,
  task: true,
  channel: true,
  stock: true,
  waste: true,
};

const FRAMES: { readonly [T in Down['t']]: Check } = {
  ready: (f) =>
    isText(f['session']) &&
    isText(f['now']) &&
    isText(f['rules']) &&
    isCount(f['ping']) &&
    isPace(f['retry']),
  snap: (f) =>
    isText(f['topic']) &&
    isCount(f['pos']) &&
    isText(f['cursor']) &&
    isCount(f['hash']) &&
    isCount(f['part']) &&
    typeof f['last'] === 'boolean' &&
    isEntities(f['entities']),
  chg: (f) =>
    isText(f['topic']) &&
    isCount(f['from']) &&
    isCount(f['to']) &&
    isText(f['cursor']) &&
    isText(f['at']) &&
    Array.isArray(f['events']) &&
    isEntities(f['put']) &&
    isList(f['gone'], isKeyed),
  live: (f) => isText(f['topic']) && isText(f['kind']) && isText(f['id']),
  ping: (f) =>
    isCount(f['n']) &&
    isText(f['now']) &&
    isFields(f['topics']) &&
    Object.values(f['topics']).every((pair) => Array.isArray(pair) && isCount(pair[0]) && isCount(pair[1])),
  auth: (f) => isCount(f['expiresIn']),
  bye: (f) => isCount(f['code']),
  problem: (f) => isProblem(f),
};

/** A frame, or why it is none: `unknown` kinds are from a newer server and ignored, `broken` ones are a fault. */
export function readFrame(text: string): Down | 'unknown' | 'broken' {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'broken';
  }
  return asFrame(value);
}

/** The same, of what was read already. */
export function asFrame(value: unknown): Down | 'unknown' | 'broken' {
  if (!isFields(value) || typeof value['t'] !== 'string') return 'broken';
  if (!Object.hasOwn(FRAMES, value['t'])) return 'unknown';
  return isDown(value) ? value : 'broken';
}

export function isProblem(value: unknown): value is Problem {
  return isFields(value) && isText(value['code']) && isCount(value['status']) && isText(value['detail']);
}

export function isCommandAnswer(value: unknown): value is CommandAnswer {
  return (
    isFields(value) &&
    isText(value['id']) &&
    isText(value['name']) &&
    isCount(value['seq']) &&
    isFields(value['result'])
  );
}

export function isSnapshot(value: unknown): value is SnapshotAnswer {
  return (
    isFields(value) &&
    isText(value['topic']) &&
    isCount(value['pos']) &&
    isText(value['cursor']) &&
    isCount(value['hash']) &&
    isEntities(value['entities'])
  );
}

/** The answer of `GET /changes`; `hash`, `now` and `rules` are missing where the server is older. */
export type Changes = {
  pos: number;
  cursor: string;
  frames: readonly unknown[];
  hash?: number;
  now?: string;
  rules?: string;
};
export type Reset = { reset: true; reason: string; now?: string; rules?: string };

export function isChanges(value: unknown): value is Changes | Reset {
  if (!isFields(value)) return false;
  const { now, rules, hash } = value;
  if ((now !== undefined && !isText(now)) || (rules !== undefined && !isText(rules))) return false;
  if (value['reset'] === true) return isText(value['reason']);
  return (
    isCount(value['pos']) &&
    isText(value['cursor']) &&
    Array.isArray(value['frames']) &&
    (hash === undefined || isCount(hash))
  );
}

export function isEntity(value: unknown): value is Entity {
  return isKeyed(value);
}

function isDown(value: Fields): value is Fields & Down {
  const check = Object.entries(FRAMES).find(([t]) => t === value['t']);
  return check?.[1](value) ?? false;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isPace(value: unknown): boolean {
  return isFields(value) && isCount(value['min']) && isCount(value['max']);
}

function isKeyed(value: unknown): boolean {
  return isFields(value) && isText(value['kind']) && isText(value['id']) && isCount(value['version']);
}

/** Entities of a kind that this version does not know are let through here and left out by the replica. */
function isEntities(value: unknown): boolean {
  return isList(value, isKeyed);
}

export function isKnownKind(kind: string): kind is EntityKind {
  return Object.hasOwn(KINDS, kind);
}

function isList(value: unknown, check: (entry: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(check);
}
