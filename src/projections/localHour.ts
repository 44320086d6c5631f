/** The hour of the day (0 to 23) at a time in a zone. */

const QUARTER_MS = 15 * 60_000;
const MOST = 10_000;
const formats = new Map<string, Intl.DateTimeFormat>();
/** Every zone's clock changes on a quarter of an hour, so a quarter has one answer. */
const known = new Map<string, number>();

let last = { zone: '', at: '', hour: 0 };

export function localHour(zone: string, at: string): number {
  // The rows of one event ask for the same.
  if (last.at === at && last.zone === zone) return last.hour;
  const quarter = Math.floor(Date.parse(at) / QUARTER_MS);
  const key = `${zone} ${quarter}`;
  let hour = known.get(key);
  if (hour === undefined) {
    if (known.size >= MOST) known.clear();
    hour = Number(formatIn(zone).format(quarter * QUARTER_MS));
    known.set(key, hour);
  }
  last = { zone, at, hour };
  return hour;
}

function formatIn(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (format === undefined) {
    const options = { hour: '2-digit', hourCycle: 'h23' } as const;
    try {
      format = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone });
    } catch {
      // As in the business day: a zone that this machine does not know must not stop anything.
      format = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' });
    }
    formats.set(zone, format);
  }
  return format;
}
