import type { LocationConfig } from '../domain/config.ts';
import { toInstant } from '../domain/text.ts';

const formats = new Map<string, Intl.DateTimeFormat>();

function format(timezone: string): Intl.DateTimeFormat {
  let known = formats.get(timezone);
  if (known === undefined) {
    known = formatIn(timezone);
    formats.set(timezone, known);
  }
  return known;
}

function formatIn(timeZone: string): Intl.DateTimeFormat {
  const options = {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    hourCycle: 'h23',
  } as const;
  try {
    return new Intl.DateTimeFormat('en-CA', { ...options, timeZone });
  } catch {
    // The configuration is checked at the door; a zone that this machine's ICU does not know must not stop the kitchen.
    return new Intl.DateTimeFormat('en-CA', { ...options, timeZone: 'UTC' });
  }
}

/**
 * The business day (`2026-01-31`) at a time (ms since 1970): the civil date in the location's zone, where the hours
 * before `dayEndsAt` still belong to the day before.
 */
export function businessDay(
  config: Pick<LocationConfig, 'timezone' | 'dayEndsAt'> | null,
  at: number,
): string {
  const parts = format(config?.timezone ?? 'UTC').formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes): number =>
    Number(parts.find((one) => one.type === type)?.value);
  const date = new Date(Date.UTC(part('year'), part('month') - 1, part('day')));
  if (part('hour') < (config?.dayEndsAt ?? 0)) date.setUTCDate(date.getUTCDate() - 1);
  return date.toISOString().slice(0, 10);
}

const MINUTE_MS = 60_000;
/** No day is longer, however the clocks are set back. */
const DAY_MINUTES = 27 * 60;

/** When the business day ends that a time (ms since 1970) is in, to the minute. */
export function businessDayEnd(
  config: Pick<LocationConfig, 'timezone' | 'dayEndsAt'> | null,
  at: number,
): number {
  const day = businessDay(config, at);
  let inside = Math.floor(at / MINUTE_MS);
  let outside = inside + DAY_MINUTES;
  while (outside - inside > 1) {
    const middle = Math.floor((inside + outside) / 2);
    if (businessDay(config, middle * MINUTE_MS) === day) inside = middle;
    else outside = middle;
  }
  return outside * MINUTE_MS;
}

/** `businessDay` and its end (RFC 3339), computed once a minute and configuration. */
export class BusinessDay {
  #minute = -1;
  #config: LocationConfig | null = null;
  #day = { day: '', dayEnds: '' };

  at(config: LocationConfig | null, now: number): { readonly day: string; readonly dayEnds: string } {
    const minute = Math.floor(now / 60_000);
    if (minute !== this.#minute || config !== this.#config) {
      this.#minute = minute;
      this.#config = config;
      this.#day = { day: businessDay(config, now), dayEnds: toInstant(businessDayEnd(config, now)) };
    }
    return this.#day;
  }
}
