import type { CommandRequest } from '../../domain/commands.ts';

/** What the sheet of one dish speaks of. `left` and `soldOut` undefined: this page does not know. */
export type Sellable = {
  readonly item: string;
  readonly name: string;
  readonly left?: number | undefined;
  readonly soldOut?: boolean | undefined;
  readonly until?: string | undefined;
  readonly options: readonly { readonly id: string; readonly name: string; readonly soldOut?: boolean }[];
};

/** Until the day ends, until somebody says so, or for so many hours. */
export type Until = 'day' | 'hand' | 1 | 2;
export const UNTILS: readonly Until[] = ['day', 1, 2, 'hand'];

const HOUR_MS = 3_600_000;

/** When an hour's choice ends: ms since 1970. */
export function endOf(until: Until, now: number): number | null {
  return typeof until === 'number' ? now + until * HOUR_MS : null;
}

/** The command that sells it out; `what` names the dish or one option. */
export function soldOutInput(
  what: { item: string } | { option: string },
  until: Until,
  now: number,
): CommandRequest<'menu.soldOut'> {
  const end = endOf(until, now);
  if (until === 'day') return { ...what, until: 'day' };
  return end === null ? what : { ...what, until: new Date(end).toISOString() };
}

/** What stands in the field before somebody counts; what is typed there, as a number, or null. */
export const USUAL_COUNT = 5;
const MOST = 9_999;

export function readCount(text: string): number | null {
  return /^\d{1,4}$/.test(text.trim()) ? Number(text) : null;
}

export function stepCount(text: string, by: 1 | -1): string {
  return String(Math.min(MOST, Math.max(0, (readCount(text) ?? 0) + by)));
}
