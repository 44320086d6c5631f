/** Times as every screen writes them. All instants are milliseconds of the server's clock. */

const two = (value: number): string => String(value).padStart(2, '0');

/** An age as `m:ss`, from an hour on `h:mm:ss`; never negative, whatever the clocks say. */
export function ageText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${two(seconds % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: string | undefined, seconds: boolean): Intl.DateTimeFormat {
  const key = `${zone ?? ''}|${String(seconds)}`;
  let found = formats.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat('en-GB', {
      hour: '2-digit',
      minute: '2-digit',
      ...(seconds && { second: '2-digit' }),
      hourCycle: 'h23',
      timeZone: zone,
    });
    formats.set(key, found);
  }
  return found;
}

/** `19:42` in the location's zone. */
export function clockText(at: number, zone?: string): string {
  return format(zone, false).format(at);
}

/** `19:42:07` in the location's zone. */
export function exactText(at: number, zone?: string): string {
  return format(zone, true).format(at);
}

/** `2026-03-13T19:42` in the location's zone: what a field for a moment holds, and what the server reads. */
export function fieldText(at: number, zone?: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  }).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes): string =>
    parts.find((one) => one.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}`;
}

/** A view's instant as milliseconds. */
export function millis(instant: string): number {
  return Date.parse(instant);
}
