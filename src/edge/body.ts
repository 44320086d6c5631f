import { isStorable } from '../domain/text.ts';
import { refuse, refuseField } from './problem.ts';

/** Bytes of a request's body, and levels of nesting in it. */
export const MAX_BODY = 1_048_576;
export const MAX_DEPTH = 32;

/**
 * The bytes of a body as JSON that may go further: UTF-8, not deeper than MAX_DEPTH, without `__proto__`, and every
 * string well-formed without U+0000, field names as well. Throws 400 for what is no JSON, 422 naming the path otherwise.
 */
export function readJsonBody(bytes: Buffer): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refuse('malformed', 'The body is not UTF-8');
  }
  if (text.trim() === '') throw refuse('malformed', 'The body is empty, and JSON was announced');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refuse('malformed', 'The body is not JSON');
  }
  inspect(value);
  return value;
}

type Step = { readonly value: unknown; readonly depth: number; readonly path: string };

/** Walks without recursion: a body of a megabyte of brackets must not end the process. */
function inspect(root: unknown): void {
  const todo: Step[] = [{ value: root, depth: 0, path: '' }];
  for (let step = todo.pop(); step !== undefined; step = todo.pop()) {
    const { value, depth, path } = step;
    if (typeof value === 'string') {
      if (!isStorable(value)) throw refuseField(path, 'must be well-formed Unicode without U+0000');
    } else if (typeof value === 'object' && value !== null) {
      if (depth >= MAX_DEPTH) throw refuseField(path, `is nested deeper than ${MAX_DEPTH} levels`);
      // Backwards, so that the first wrong field of the body is the one that is named.
      const keys = Object.keys(value).reverse();
      for (const key of keys) {
        const below = path === '' ? key : `${path}.${key}`;
        if (key === '__proto__') throw refuseField(below, 'is not a field of any call');
        if (!isStorable(key))
          throw refuseField(path, 'has a field whose name is not well-formed Unicode without U+0000');
        todo.push({ value: Reflect.get(value, key), depth: depth + 1, path: below });
      }
    }
  }
}
