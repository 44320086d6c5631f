import type { Entity, LineView, TicketView } from '../../domain/entities.ts';
import { NOW, ago, line, station, ticket } from '../../testkit/entities.ts';

/** The boards of the design's pictures, as views. */

const started = (
  name: string,
  more: Omit<Partial<LineView>, 'modifiers'> = {},
  ...mods: string[]
): LineView => line(name, { status: 'started', ...more }, ...mods);
const ready = (name: string, more: Omit<Partial<LineView>, 'modifiers'> = {}, ...mods: string[]): LineView =>
  line(name, { status: 'ready', readyQty: more.qty ?? 1, ...more }, ...mods);

export const grill = station('grill', { name: 'GRILL' });

/** What the house did for tickets that no screen painted in time: paper, a stand-in, a change that nobody tapped. */
export function troubled(): TicketView[] {
  return [
    ticket({
      number: 31,
      table: 'T17',
      firedAt: ago('4:12'),
      delivery: {
        state: 'heard',
        heardAt: ago('2:00'),
        printedAt: ago('3:57'),
        printer: 'prn-grill',
        rung: 3,
      },
      copies: 1,
      lines: [line('RIBEYE', {}, 'medium-rare', '+pepper sauce')],
    }),
    ticket({
      number: 33,
      table: 'T9',
      station: 'drinks',
      backup: 'drinks',
      firedAt: ago('0:40'),
      delivery: { state: 'rerouted', rung: 2, to: 'grill' },
      lines: [line('LEMONADE', { qty: 2 }, '-ice')],
    }),
    ticket({
      number: 35,
      table: 'T4',
      firedAt: ago('6:30'),
      status: 'cooking',
      ackRequired: true,
      ackSince: ago('1:20'),
      unseen: true,
      delivery: { state: 'heard', heardAt: ago('1:19') },
      lines: [line('KIDS', { qty: 1, changed: { from: 2, to: 1, fields: ['qty'] } }, '-tomato')],
    }),
    ticket({
      number: 36,
      table: 'T2',
      firedAt: ago('0:50'),
      delivery: { state: 'printed', printedAt: ago('0:34'), to: 'fryer', rung: 3 },
      lines: [line('CORN')],
    }),
  ];
}

export function normalService(): TicketView[] {
  return [
    ticket({
      number: 31,
      table: 'T17',
      firedAt: ago('16:12'),
      status: 'cooking',
      ofItems: 7,
      also: ['drinks', 'desserts'],
      lines: [
        started('RIBEYE', { qty: 2 }, 'medium-rare', '+pepper sauce'),
        started('½ CHX', {}, '-fries', '+salad'),
        ready('SALMON'),
      ],
    }),
    ticket({
      number: 33,
      table: 'T9',
      server: 'Tom',
      firedAt: ago('15:04'),
      status: 'cooking',
      rush: false,
      recalls: 2,
      lines: [
        started('BCB', { refireOf: 'x', notes: 'was raw in the middle' }, 'medium-well', '-pickle', '-mayo'),
      ],
    }),
    ticket({
      number: 35,
      table: 'T4',
      server: 'Sara',
      firedAt: ago('12:41'),
      ofItems: 4,
      also: ['drinks'],
      allergies: ['nuts, severe'],
      lines: [
        line('HALL SAL', { notes: 'clean board please' }, '-walnuts'),
        line('SALMON', {}, 'chimichurri'),
      ],
    }),
    ticket({
      number: 36,
      table: undefined,
      type: 'delivery',
      displayId: 'K7Q2',
      server: 'App A',
      firedAt: ago('10:22'),
      status: 'cooking',
      promisedAt: ago('-4:00'.replace('-', ''), NOW + 8 * 60_000),
      lines: [
        started('BURGER', { qty: 3, readyQty: 1 }, 'medium', '-onion', '+cheddar'),
        started('FRIES', { qty: 2 }),
      ],
    }),
    ticket({
      number: 38,
      table: 'T12',
      movedFrom: 'T5',
      ackRequired: true,
      firedAt: ago('7:55'),
      status: 'cooking',
      ofItems: 3,
      lines: [ready('VEG BGR')].concat([started('FRIES', {}, '+BBQ dip'), line('CORN', {}, '-butter')]),
    }),
    ticket({
      number: 39,
      table: 'T2',
      server: 'Tom',
      firedAt: ago('6:30'),
      status: 'cooking',
      ofItems: 3,
      ackRequired: true,
      lines: [
        line('KIDS', { changed: { from: 2, to: 1, fields: ['qty'] } }, '-tomato'),
        started('RIBEYE', {}, 'well'),
      ],
    }),
    ticket({
      number: 40,
      table: 'T15',
      server: 'Sara',
      firedAt: ago('4:48'),
      ofItems: 4,
      ackRequired: true,
      lines: [
        line('BURGER', { qty: 2 }, '-lettuce', '+bacon'),
        line('CORN', { status: 'voided', voidQty: 1, changed: { from: 1, to: 0, fields: ['void'] } }),
      ],
    }),
    ticket({
      number: 42,
      table: undefined,
      type: 'counter',
      displayId: 'C118',
      server: undefined,
      firedAt: ago('2:15'),
      ofItems: 2,
      addOn: true,
      lines: [line('VEG BGR', {}, '+avocado')],
    }),
    ticket({
      number: 44,
      table: 'T7',
      firedAt: ago('0:21'),
      ofItems: 5,
      rush: false,
      lines: [line('½ CHX', { qty: 2, allergies: ['milk'], seat: 3 })],
    }),
  ];
}

export function rushed(): TicketView[] {
  return normalService().map((one) =>
    one.number === 33 ? { ...one, rush: true, rushedBy: 'Luis', recalls: 0 } : one,
  );
}

export function held(): TicketView {
  return ticket({
    number: 45,
    table: 'T2',
    server: 'Tom',
    status: 'held',
    firedAt: null,
    course: 3,
    lines: [line('SALMON', { status: 'held' })],
  });
}

const NAMES = ['BURGER', 'BCB', 'RIBEYE', 'SALMON', '½ CHX', 'VEG BGR', 'KIDS', 'HALL SAL', 'CORN', 'FRIES'];
const MODS = [
  ['medium', '-onion'],
  ['well'],
  ['medium-rare', '+egg'],
  ['rare'],
  ['medium', '+chimichurri'],
  [],
  ['+salad', '-fries'],
  [],
  ['+pepper sauce'],
  ['-mayo'],
  ['-tomato'],
  [],
];

export function fortyLines(): TicketView[] {
  const lines = Array.from({ length: 40 }, (_, index): LineView => {
    const name = NAMES[index % NAMES.length] ?? 'BURGER';
    const mods = MODS[index % MODS.length] ?? [];
    const more = {
      seat: index + 1,
      ...(index === 3 && { allergies: ['fish'] }),
      ...(index === 12 && { allergies: ['nuts'] }),
    };
    if (index < 2 || index === 24 || index === 7) return ready(name, more, ...mods);
    return index < 9 ? started(name, more, ...mods) : line(name, more, ...mods);
  });
  const others = normalService()
    .filter((one) => [35, 36, 40, 44].includes(one.number))
    .map((one, index) => ({ ...one, firedAt: ago(`${5 - index}:10`) }));
  return [
    ticket({
      number: 33,
      table: 'T9',
      server: 'Tom',
      firedAt: ago('15:04'),
      status: 'cooking',
      lines: [started('BCB', {}, '-pickle')],
    }),
    ticket({ number: 37, table: 'T18', server: 'Sara', firedAt: ago('9:48'), status: 'cooking', lines }),
    ...others,
  ];
}

export function twoLines(): TicketView[] {
  return [
    ticket({
      number: 50,
      table: 'T3',
      firedAt: ago('0:12'),
      lines: [line('BURGER', {}, 'medium', '-onion'), line('FRIES')],
    }),
  ];
}

export function bumped(): TicketView[] {
  return [
    ticket({
      number: 41,
      table: 'T6',
      status: 'ready',
      readyAt: ago('0:02'),
      lines: [ready('BURGER'), ready('FRIES', { qty: 2 })],
    }),
    ticket({ number: 30, table: 'T3', status: 'ready', readyAt: ago('3:40'), lines: [ready('RIBEYE')] }),
    ticket({
      number: 29,
      table: undefined,
      type: 'takeout',
      guest: { name: 'Okafor' },
      status: 'ready',
      readyAt: ago('6:02'),
      lines: [ready('BCB')],
    }),
  ];
}

export function busy(count: number): TicketView[] {
  return Array.from({ length: count }, (_, index) =>
    ticket({
      number: 100 + index,
      table: `T${(index % 18) + 1}`,
      firedAt: ago(
        `${Math.floor((count - index) / 6)}:${String(((count - index) * 10) % 60).padStart(2, '0')}`,
      ),
      lines: [
        line(NAMES[index % 10] ?? 'X', { qty: (index % 3) + 1 }, ...(MODS[index % 12] ?? [])),
        line(NAMES[(index + 3) % 10] ?? 'Y'),
      ],
    }),
  );
}

/** Names of the menu in Arabic, as an Arabic kitchen configures them. */
const ARABIC: Record<string, string> = {
  RIBEYE: 'ريب آي',
  '½ CHX': 'نصف دجاجة',
  SALMON: 'سلمون',
  BCB: 'برغر مزدوج',
  'HALL SAL': 'سلطة حلومي',
  BURGER: 'برغر',
  FRIES: 'بطاطس',
  'VEG BGR': 'برغر نباتي',
  CORN: 'ذرة',
  KIDS: 'وجبة أطفال',
  'medium-rare': 'نصف ناضج',
  'pepper sauce': 'صلصة الفلفل',
  fries: 'بطاطس',
  salad: 'سلطة',
  'medium-well': 'ناضج',
  pickle: 'مخلل',
  mayo: 'مايونيز',
  walnuts: 'جوز',
  chimichurri: 'تشيميتشوري',
  medium: 'وسط',
  onion: 'بصل',
  cheddar: 'شيدر',
  'BBQ dip': 'صوص باربكيو',
  butter: 'زبدة',
  tomato: 'طماطم',
  well: 'ناضج جدًا',
  lettuce: 'خس',
  bacon: 'لحم مقدد',
  avocado: 'أفوكادو',
};
const arabic = (word: string): string => ARABIC[word] ?? word;

export function inArabic(tickets: TicketView[]): Entity[] {
  return tickets.map((one) => ({
    ...one,
    server:
      one.server === undefined
        ? undefined
        : ({ Maya: 'مايا', Tom: 'توم', Sara: 'سارة' }[one.server] ?? one.server),
    allergies: one.allergies.map(() => 'مكسرات، شديدة'),
    lines: one.lines.map((each) => ({
      ...each,
      name: arabic(each.name),
      notes: each.notes === undefined ? undefined : 'لوح نظيف من فضلك',
      allergies: each.allergies.map(() => 'حليب'),
      modifiers: each.modifiers.map((mod) => ({ ...mod, name: arabic(mod.name) })),
    })),
  }));
}
