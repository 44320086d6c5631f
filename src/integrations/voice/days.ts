import { type Wall, addDays, weekdayOf } from '../../domain/zone.ts';
import { withDigits } from './spoken.ts';

/** Which day somebody means. `rest`: what was said beside it, where the time may stand. `night`: the one to come. */
export type DaySaid = { readonly day: string; readonly rest: string; readonly night?: true };

const WEEKDAYS = [
  'sunday|sun|domingo|الاحد',
  'monday|mon|lunes|الاثنين|الاثنان',
  'tuesday|tues|tue|martes|الثلاثاء|الثلاثا',
  'wednesday|wed|miercoles|الاربعاء|الاربعا',
  'thursday|thurs|thu|jueves|الخميس',
  'friday|fri|viernes|الجمعه|الجمعة',
  'saturday|sat|sabado|السبت',
];
const MONTHS = [
  'january|jan|enero|يناير|كانون الثاني',
  'february|feb|febrero|فبراير|شباط',
  'march|mar|marzo|مارس|اذار',
  'april|apr|abril|ابريل|نيسان',
  'may|mayo|مايو|ايار',
  'june|jun|junio|يونيو|حزيران',
  'july|jul|julio|يوليو|تموز',
  'august|aug|agosto|اغسطس|اب',
  'september|sept|sep|septiembre|setiembre|سبتمبر|ايلول',
  'october|oct|octubre|اكتوبر|تشرين الاول',
  'november|nov|noviembre|نوفمبر|تشرين الثاني',
  'december|dec|diciembre|ديسمبر|كانون الاول',
];
/** A word by itself, in any script: `\b` knows Latin letters only. */
const byItself = (words: string): string => `(?<![\\p{L}\\p{N}])(?:${words})(?![\\p{L}\\p{N}])`;
const ANY_MONTH = MONTHS.join('|');

const AFTER_TOMORROW = new RegExp(
  byItself('the day after tomorrow|day after tomorrow|pasado manana|بعد غد|بعد بكره|بعد بكرة'),
  'u',
);
/** "Mañana" is also the morning: "de la mañana", "por la mañana". */
const TOMORROW = new RegExp(byItself('tomorrow|(?<!(?:la|esta) )manana|غدا|غد|بكره|بكرة|باكر'), 'u');
const TODAY = new RegExp(byItself('today|hoy|اليوم'), 'u');
/** Says the day, and half of the time: it stays in `rest`. */
const TONIGHT = new RegExp(
  byItself('tonight|this evening|this afternoon|esta noche|esta tarde|الليله|الليلة|هذا المساء'),
  'u',
);
const IN_DAYS = new RegExp(byItself('(?:in|en|dentro de|بعد) (\\d{1,2}) (?:days?|dias?|ايام|يوم)'), 'u');
const IN_WEEKS = new RegExp(
  byItself('(?:in|en|dentro de|بعد) (\\d{1,2}) (?:weeks?|semanas?|اسابيع|اسبوع)'),
  'u',
);
const ISO = /(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)/;
const NUMERIC = /(?<![\d:])(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{4}|\d{2}))?(?![\d:])/;
const ORDINAL = '(\\d{1,2})(?:st|nd|rd|th|o)?';
const MONTH_FIRST = new RegExp(
  `${byItself(`(${ANY_MONTH})`)}\\.? (?:the )?${ORDINAL}(?![\\d:])(?:,? (\\d{4}))?`,
  'u',
);
const DAY_FIRST = new RegExp(
  `(?<![\\d:.])${ORDINAL}(?: of| de|-)? (${ANY_MONTH})(?![\\p{L}])(?:,? (?:de |del )?(\\d{4}))?`,
  'u',
);
/** "The 21st", "el día 21", "el 21 a las": the next day of that number. */
const DAY_ALONE =
  /(?<![\p{L}\p{N}])(?:(?:the )?(\d{1,2})(?:st|nd|rd|th)|el dia (\d{1,2})|el (\d{1,2})(?= a las?))(?![\p{L}\p{N}])/u;
const ANY_WEEKDAY = WEEKDAYS.map((words) => new RegExp(byItself(words), 'u'));
const NEXT_WEEK = new RegExp(
  byItself('next|next week|proximo|proxima|que viene|القادم|القادمه|القادمة|المقبل|المقبله'),
  'u',
);

/**
 * The day of some plain text, seen from `today` on the wall of the place; null when none is in it or it is none of the
 * calendar. `monthFirst`: 3/4 is the fourth of March. A day without a year is the next one to come.
 */
export function dayOfText(text: string, today: Wall, monthFirst: boolean): DaySaid | null {
  const said = withDigits(text);
  const without = (match: RegExpMatchArray): string =>
    `${said.slice(0, match.index)} ${said.slice((match.index ?? 0) + match[0].length)}`.trim();
  const found = (match: RegExpMatchArray, day: string | null): DaySaid | null =>
    day === null ? null : { day, rest: without(match) };

  const iso = ISO.exec(said);
  if (iso) return found(iso, dateOf(Number(iso[1]), Number(iso[2]), Number(iso[3])));
  for (const [pattern, dayAt, monthAt] of [
    [MONTH_FIRST, 2, 1],
    [DAY_FIRST, 1, 2],
  ] as const) {
    const match = pattern.exec(said);
    if (!match) continue;
    const month = MONTHS.findIndex((words) => words.split('|').includes(match[monthAt] ?? '')) + 1;
    return found(match, nextDate(today.day, match[3], month, Number(match[dayAt])));
  }
  const inDays = IN_DAYS.exec(said);
  if (inDays) return found(inDays, addDays(today.day, Number(inDays[1])));
  const inWeeks = IN_WEEKS.exec(said);
  if (inWeeks) return found(inWeeks, addDays(today.day, 7 * Number(inWeeks[1])));
  const afterTomorrow = AFTER_TOMORROW.exec(said);
  if (afterTomorrow) return found(afterTomorrow, addDays(today.day, 2));
  const tomorrow = TOMORROW.exec(said);
  if (tomorrow) return found(tomorrow, addDays(today.day, 1));
  if (TONIGHT.test(said)) return { day: today.day, rest: said, night: true };
  const now = TODAY.exec(said);
  if (now) return found(now, today.day);
  const alone = DAY_ALONE.exec(said);
  if (alone) {
    const day = nextOfNumber(today.day, Number(alone[1] ?? alone[2] ?? alone[3]));
    // "Saturday the 21st" that is a Sunday was misheard.
    const named = ANY_WEEKDAY.findIndex((pattern) => pattern.test(said));
    return found(alone, day !== null && named >= 0 && weekdayOf(day) !== named ? null : day);
  }
  for (const [weekday, pattern] of ANY_WEEKDAY.entries()) {
    const match = pattern.exec(said);
    if (!match) continue;
    const ahead = (weekday - weekdayOf(today.day) + 7) % 7;
    // "Next Friday", said on a Friday, is not today.
    const far = ahead === 0 && NEXT_WEEK.test(said) ? 7 : ahead;
    return found(match, addDays(today.day, far));
  }
  const numeric = NUMERIC.exec(said);
  if (!numeric) return null;
  const [first, second] = [Number(numeric[1]), Number(numeric[2])];
  const isMonthFirst = first > 12 ? false : second > 12 ? true : monthFirst;
  return found(
    numeric,
    nextDate(today.day, numeric[3], isMonthFirst ? first : second, isMonthFirst ? second : first),
  );
}

function nextOfNumber(today: string, day: number): string | null {
  const [year = 0, month = 0] = today.split('-').map(Number);
  for (let later = 0; later < 3; later += 1) {
    const index = month - 1 + later;
    const date = dateOf(year + Math.floor(index / 12), (index % 12) + 1, day);
    if (date !== null && date >= today) return date;
  }
  return null;
}

function nextDate(today: string, year: string | undefined, month: number, day: number): string | null {
  if (year !== undefined) return dateOf(Number(year.length === 2 ? `20${year}` : year), month, day);
  const thisYear = Number(today.slice(0, 4));
  const soon = dateOf(thisYear, month, day);
  // What was yesterday is more likely a slip than a table in a year's time: it is said to be over.
  if (soon !== null && soon >= addDays(today, -30)) return soon;
  return dateOf(thisYear + 1, month, day);
}

/** Null for the 31st of a month of thirty. */
function dateOf(year: number, month: number, day: number): string | null {
  if (month < 1 || month > 12 || day < 1 || day > 31) return null;
  const text = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
  return addDays(text, 0) === text ? text : null;
}
