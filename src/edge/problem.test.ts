import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { commandInputs } from '../domain/commands.ts';
import { up } from '../protocol/up.ts';
import { streamQuery } from './eventStream.ts';
import { fieldErrors } from './problem.ts';

const said = (schema: z.ZodType, value: unknown) =>
  fieldErrors(schema.safeParse(value).error?.issues ?? []).map(({ path, message }) => `${path}: ${message}`);

describe('what is said of a wrong field', () => {
  it('[H107] numbers and lists get their bounds in words that follow the path', () => {
    const schema = z.strictObject({ covers: z.int().min(1).max(999), list: z.array(z.int()).min(1).max(2) });
    expect(said(schema, { covers: 0, list: [] })).toEqual([
      'covers: must be at least 1',
      'list: must have at least 1 items',
    ]);
    expect(said(schema, { covers: 1_000, list: [1, 2, 3] })).toEqual([
      'covers: must be at most 999',
      'list: must have at most 2 items',
    ]);
    expect(said(schema, { covers: 1.5, list: ['1'] })).toEqual([
      'covers: must be a whole number',
      'list.0: must be number, received string',
    ]);
  });

  it('[H107] of a value that may be two things, both are named', () => {
    expect(said(commandInputs['menu.soldOut'], { item: 'fries', until: 'tomorrow' })).toEqual([
      'until: must be "day", or must be an RFC 3339 time such as 2026-01-31T18:30:00Z',
    ]);
  });

  it('[H107] too many of a thing that may be one or several is too many, not of the wrong kind', () => {
    const topic = Array.from({ length: 33 }, (_, index) => `station:s${index}`);
    expect(said(streamQuery, { topic })).toEqual(['topic: must have at most 32 items']);
    expect(said(streamQuery, { topic: '' })).toEqual(['topic: must not be empty']);
  });

  it('[H107] frames of a socket are explained in the same words', () => {
    expect(said(up, { t: 'nope' })).toEqual([
      "t: must be one of 'hello' | 'sub' | 'unsub' | 'ack' | 'auth' | 'pong'",
    ]);
    expect(said(up, { t: 'pong' })).toEqual(['n: is missing']);
    expect(said(up, { t: 'unsub', topic: 'pos', why: 1 })).toEqual(['why: is not a field of this call']);
  });
});
