import type { CanonicalModifier } from '../domain/channel/canonical.ts';
import { field, numberAt, textAt } from './wire.ts';

/** What several platforms say alike. */

/** Only one platform has true removals; with the others an option says so in words. */
const REMOVAL = /^(?:no|without|sin|sans|senza|ohne|بدون)\s+(.+)$/iu;

/** An option as a modifier; `No X` is a removal of X, and keeps what was said. */
export function optionOf(option: {
  name: string;
  qty: number;
  price: number | null;
  depth: number;
  externalId: string | null;
}): CanonicalModifier {
  const removed = REMOVAL.exec(option.name)?.[1];
  const { depth, externalId, qty } = option;
  const price = option.price ?? 0;
  return removed === undefined
    ? { action: 'add', name: option.name, qty, price, depth, externalId }
    : { action: 'remove', name: removed, qty, price, depth, externalId, said: option.name };
}

/** Several remarks as one; null: none. */
export function joined(separator: string, ...texts: readonly (string | null)[]): string | null {
  const said = texts.filter((one) => one !== null);
  return said.length === 0 ? null : said.join(separator);
}

export function placeAt(
  value: unknown,
  latitude: string,
  longitude: string,
): { lat: number; lng: number } | null {
  const lat = numberAt(value, latitude);
  const lng = numberAt(value, longitude);
  if (lat === null || lng === null || Math.abs(lat) > 90 || Math.abs(lng) > 180) return null;
  return { lat, lng };
}

/** `Green Vespa Primavera`. */
export function vehicleOf(value: unknown): string | null {
  return joined(' ', ...['color', 'make', 'model'].map((name) => textAt(value, name)));
}

/** Is there anything at the path? */
export function has(value: unknown, ...path: readonly (string | number)[]): boolean {
  const found = field(value, ...path);
  return found !== undefined && found !== null;
}
