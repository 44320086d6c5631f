/** What people say and models write down, made comparable: numbers as digits or as words of English, Spanish and Arabic. */

/** Lower case, without accents, vowel signs and most punctuation; Arabic and Persian digits as 0 to 9. */
export function plain(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/\p{M}|\u0640/gu, '')
    .toLowerCase()
    .replaceAll(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) & 0xf))
    .replaceAll(/['\u2019`]/g, '')
    .replaceAll(/[^\p{L}\p{N}:./+-]+/gu, ' ')
    .trim();
}

const WORDS: readonly (readonly [number, string])[] = [
  [0, 'zero cero صفر'],
  [1, 'one uno una un واحد واحده واحدة الواحده الواحدة'],
  [2, 'two dos couple pair اثنين اثنان اثنتين شخصين الثانيه الثانية'],
  [3, 'three tres ثلاثه ثلاثة ثلاث الثالثه الثالثة'],
  [4, 'four cuatro اربعه اربعة اربع الرابعه الرابعة'],
  [5, 'five cinco خمسه خمسة خمس الخامسه الخامسة'],
  [6, 'six seis سته ستة ست السادسه السادسة'],
  [7, 'seven siete سبعه سبعة سبع السابعه السابعة'],
  [8, 'eight ocho ثمانيه ثمانية ثماني ثمان الثامنه الثامنة'],
  [9, 'nine nueve تسعه تسعة تسع التاسعه التاسعة'],
  [10, 'ten diez عشره عشرة عشر العاشره العاشرة'],
  [11, 'eleven once'],
  [12, 'twelve doce'],
  [13, 'thirteen trece'],
  [14, 'fourteen catorce'],
  [15, 'fifteen quince'],
  [16, 'sixteen dieciseis'],
  [17, 'seventeen diecisiete'],
  [18, 'eighteen dieciocho'],
  [19, 'nineteen diecinueve'],
  [20, 'twenty veinte عشرين عشرون'],
  [21, 'veintiuno veintiun'],
  [22, 'veintidos'],
  [23, 'veintitres'],
  [24, 'veinticuatro'],
  [25, 'veinticinco'],
  [26, 'veintiseis'],
  [27, 'veintisiete'],
  [28, 'veintiocho'],
  [29, 'veintinueve'],
  [30, 'thirty treinta ثلاثين ثلاثون'],
  [40, 'forty cuarenta اربعين اربعون'],
  [50, 'fifty cincuenta خمسين خمسون'],
];
const NUMBERS: ReadonlyMap<string, number> = new Map(
  WORDS.flatMap(([value, names]) => names.split(' ').map((name) => [plain(name), value] as const)),
);
/** Arabic says eleven and twelve in two words. */
const TWO_WORDS: readonly (readonly [RegExp, string])[] = [
  [/(?:ال)?حاديه? عشره?|احدى عشره?|احد عشر/g, '11'],
  [/(?:ال)?ثانيه عشره?|اثني? عشره?|اثنا عشر|اثنتا عشره?/g, '12'],
];

/** Words that are numbers become digits; "thirty five" becomes 35. Of plain text. */
export function withDigits(text: string): string {
  let whole = text;
  // Arabic's ة is written ه as often as not.
  whole = whole.replaceAll('ة', 'ه').replaceAll(/(\p{L})-(?=\p{L})/gu, '$1 ');
  for (const [pattern, digits] of TWO_WORDS) whole = whole.replaceAll(pattern, digits);
  const out: string[] = [];
  let tens: number | null = null;
  for (const word of whole.split(/\s+/)) {
    const value = NUMBERS.get(word) ?? NUMBERS.get(word.replaceAll('ه', 'ة'));
    if (value !== undefined && tens !== null && value > 0 && value < 10) {
      out[out.length - 1] = String(tens + value);
      tens = null;
      continue;
    }
    out.push(value === undefined ? word : String(value));
    tens = value !== undefined && value >= 20 && value % 10 === 0 ? value : null;
  }
  return out.join(' ');
}

const RANGE = /\d\s*(?:-|–|to|or|a|o|او|الى)\s*\d/;
const ALONE = /^(?:just )?(?:me|myself|for me|solo yo|para mi|yo|انا|لوحدي)$/;

/**
 * How many people, from a number, `4`, `four`, `party of four`, `two adults and two kids`; null when nobody could be sure
 * ("four or five").
 */
export function peopleOf(said: unknown): number | null {
  if (typeof said === 'number') return isParty(said) ? said : null;
  if (typeof said !== 'string') return null;
  const text = plain(said.slice(0, 120));
  if (ALONE.test(text)) return 1;
  const digits = withDigits(text);
  if (RANGE.test(digits) || /\d[.:/]\d/.test(digits)) return null;
  const numbers = digits.match(/\d+/g)?.map(Number) ?? [];
  const [first] = numbers;
  if (first === undefined) return null;
  if (numbers.length === 1) return isParty(first) ? first : null;
  // "Two adults and two children" is four; "four at 7" is nobody knows what.
  if (!/\b(?:and|plus|y|mas|con)\b|(?:^|\s)و/.test(digits)) return null;
  const sum = numbers.reduce((total, one) => total + one, 0);
  return isParty(sum) ? sum : null;
}

function isParty(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= 99;
}

/** A count of portions: 1 where nothing is said; null for what is no count. */
export function countOf(said: unknown): number | null {
  if (said === undefined || said === null || said === '') return 1;
  const count = typeof said === 'string' ? Number(withDigits(plain(said.slice(0, 40)))) : said;
  return typeof count === 'number' && isParty(count) ? count : null;
}
