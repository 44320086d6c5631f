import { isWithinYears, toInstant, toMillis } from '../../domain/text.ts';
import { numberAt, textAt } from '../wire.ts';
import type { ToolCall } from './canonical.ts';

/** Reading what telephone agents send: nothing here throws. */

/** A moment in ms since 1970 as RFC 3339; null for what is none. */
export function momentAt(value: unknown, ...path: readonly (string | number)[]): string | null {
  const found = numberAt(value, ...path);
  return found !== null && isWithinYears(found) && found > 0 ? toInstant(found) : null;
}

/** A moment that was written out. */
export function instantAt(value: unknown, ...path: readonly (string | number)[]): string | null {
  const found = toMillis(textAt(value, ...path) ?? '');
  return found === null || !isWithinYears(found) ? null : toInstant(found);
}

/** An address under which something can be heard; null for what is no https address. */
export function recordingAt(value: unknown, ...path: readonly (string | number)[]): string | null {
  const found = textAt(value, ...path);
  return found !== null && /^https:\/\/\S{1,1000}$/.test(found) ? found : null;
}

/** Arguments as an object, or as the JSON of one. */
export function argsOf(value: unknown): ToolCall['args'] {
  if (typeof value === 'string')
    try {
      return argsOf(JSON.parse(value) as unknown);
    } catch {
      return {};
    }
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}

/** Where a value is there, as a field. */
export function given<K extends string, V>(key: K, value: V | null): { [P in K]?: V } {
  return value === null ? {} : ({ [key]: value } as { [P in K]: V });
}
