import { withDigits } from './spoken.ts';

/**
 * What time of day somebody means, as minutes past midnight. Two where it may be morning or evening; `literal` is the one
 * that a clock of 24 hours would show, where it was written like that (`10:00`).
 */
export type TimeSaid = { readonly minutes: readonly number[]; readonly literal: number | null };

const alone = (words: string): RegExp => new RegExp(`(?<![\\p{L}\\p{N}])(?:${words})(?![\\p{L}\\p{N}])`, 'u');

const MORNING = alone(
  'a\\.?m\\.?|in the morning|this morning|morning|de la manana|por la manana|de la madrugada|صباحا|الصبح|في الصباح|ص',
);
const EVENING = alone(
  'p\\.?m\\.?|in the (?:evening|afternoon)|evening|afternoon|at night|tonight|night|de la (?:tarde|noche)|por la (?:tarde|noche)|esta (?:noche|tarde)|مساء|في المساء|هذا المساء|ليلا|الليله|الليلة|ظهرا|عصرا|العصر|بعد الظهر|م',
);
const NOON = alone('noon|midday|mediodia|medio dia|الظهر|منتصف النهار');
const MIDNIGHT = alone('midnight|medianoche|media noche|منتصف الليل');
const HALF_PAST = /half past (\d{1,2})|half (\d{1,2})|(\d{1,2}) y media|(\d{1,2}) و ?(?:ال)?نصف/;
const QUARTER_PAST = /(?:a )?quarter (?:past|after) (\d{1,2})|(\d{1,2}) y cuarto|(\d{1,2}) و ?(?:ال)?ربع/;
const THIRD_PAST = /(\d{1,2}) و ?(?:ال)?ثلث/;
const QUARTER_TO =
  /(?:a )?quarter (?:to|of|before) (\d{1,2})|(\d{1,2}) menos cuarto|(\d{1,2}) الا ?(?:ال)?ربعا?/;
const MINUTES_TO = /(\d{1,2}) (?:minutes )?(?:to|before) (\d{1,2})/;
const MINUTES_PAST = /(\d{1,2}) (?:minutes )?(?:past|after) (\d{1,2})/;
const LESS_MINUTES = /(\d{1,2}) menos (\d{1,2})|(\d{1,2}) الا (\d{1,2})/;
const PLUS_MINUTES = /(\d{1,2}) y (\d{1,2})|(\d{1,2}) و ?(\d{1,2})/;
const CLOCK = /(?<![\d:])(\d{1,2})\s?[:.h]\s?(\d{2})(?::\d{2}(?:\.\d+)?)?(?!\d)/;
const MILITARY = /(?<!\d)(\d{3,4})(?!\d)/;
const TWO_NUMBERS = /(?<!\d)(\d{1,2}) (\d{2})(?!\d)/;
const HOUR = /(?<!\d)(\d{1,2})(?!\d)/;

const DAY = 1_440;

/** Of plain text; null when there is no time in it. */
export function timeOfText(text: string): TimeSaid | null {
  const said = withDigits(text)
    .replaceAll(/o ?clock/g, ' ')
    .replace('past midnight', 'past 12 at night');
  const isMorning = MORNING.test(said);
  const isEvening = EVENING.test(said);
  const clock = read(said);
  if (clock === null) {
    if (MIDNIGHT.test(said)) return { minutes: [0], literal: 0 };
    return NOON.test(said) ? { minutes: [720], literal: 720 } : null;
  }
  const { minute, literal } = clock;
  if (minute < 0 || minute >= DAY) return null;
  const hour = Math.floor(minute / 60);
  // Noon and midnight beside a number only say which half of the day it is.
  if (isMorning !== isEvening || NOON.test(said)) {
    if (hour > 12 || (literal && hour === 0)) return { minutes: [minute], literal: minute };
    const half = minute % 720;
    const night = isEvening && !NOON.test(said) && alone('at night|de la noche|ليلا').test(said);
    // Twelve at night is midnight.
    if (night && half < 60) return { minutes: [half], literal: half };
    const one = isMorning ? half : half + 720;
    return { minutes: [one], literal: one };
  }
  if (hour > 12 || (literal && (hour === 0 || hour === 12))) return { minutes: [minute], literal: minute };
  const half = minute % 720;
  const isWritten = literal && /(?<!\d)0\d/.test(said);
  // `07:30` is of a clock of 24 hours; "half past seven" is not.
  if (isWritten) return { minutes: [minute], literal: minute };
  return { minutes: [half, half + 720], literal: literal && hour >= 10 ? minute : null };
}

/** `literal`: written as on a clock, not spoken. */
function read(said: string): { minute: number; literal: boolean } | null {
  const at = (hour: number, minutes: number, literal = false) =>
    hour > 24 || minutes > 59 ? null : { minute: (hour % 24) * 60 + minutes, literal };
  const before = (hour: number, minutes: number) => {
    const whole = (hour % 24) * 60 - minutes;
    return hour > 24 ? null : { minute: whole < 0 ? whole + 720 : whole, literal: false };
  };
  const first = (match: RegExpExecArray): number => Number(match.slice(1).find((one) => one !== undefined));
  const both = (match: RegExpExecArray): [number, number] => {
    const [a = 0, b = 0] = match.slice(1).flatMap((one) => (one === undefined ? [] : [Number(one)]));
    return [a, b];
  };

  const clock = CLOCK.exec(said);
  if (clock) return at(Number(clock[1]), Number(clock[2]), true);
  const half = HALF_PAST.exec(said);
  if (half) return at(first(half), 30);
  const quarterTo = QUARTER_TO.exec(said);
  if (quarterTo) return before(first(quarterTo), 15);
  const quarter = QUARTER_PAST.exec(said);
  if (quarter) return at(first(quarter), 15);
  const third = THIRD_PAST.exec(said);
  if (third) return at(first(third), 20);
  const to = MINUTES_TO.exec(said);
  if (to) return before(both(to)[1], both(to)[0]);
  const past = MINUTES_PAST.exec(said);
  if (past) return at(both(past)[1], both(past)[0]);
  const less = LESS_MINUTES.exec(said);
  if (less) return before(both(less)[0], both(less)[1]);
  const plus = PLUS_MINUTES.exec(said);
  if (plus) return at(both(plus)[0], both(plus)[1]);
  const two = TWO_NUMBERS.exec(said);
  if (two) return at(Number(two[1]), Number(two[2]));
  const military = MILITARY.exec(said);
  if (military) return at(Math.floor(Number(military[1]) / 100), Number(military[1]) % 100, true);
  const hour = HOUR.exec(said);
  return hour ? at(Number(hour[1]), 0) : null;
}
