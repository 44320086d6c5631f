import type { Json } from '../../domain/documents.ts';
import { listOf, valueAt, wordsOf } from './doc.ts';
import type { Said } from './said.ts';

/** What a house needs before it opens, and how far it is: the rooms of the set-up in the order in which one goes through. */

export const ROOMS = [
  'place',
  'stations',
  'menu',
  'routing',
  'tables',
  'staff',
  'screens',
  'printers',
  'channels',
  'thresholds',
  'publish',
  'why',
] as const;
export type RoomId = (typeof ROOMS)[number];

/** `todo`: nothing can open without it. `open`: it may stay empty. */
export type RoomState = 'done' | 'todo' | 'open' | 'blocked' | 'warned';
export type RoomLine = { readonly room: RoomId; readonly state: RoomState; readonly count: number | null };

/** Where a finding is mended. */
export function roomOf(path: string): RoomId {
  const [first = ''] = path.split('.');
  if (first === 'stations' || first === 'expo') return 'stations';
  if (first === 'menu' || first === 'courses') return 'menu';
  if (first === 'tables') return 'tables';
  if (first === 'printers') return 'printers';
  if (first === 'channels') return 'channels';
  if (first === 'screens') return 'screens';
  if (first === 'defaultStation') return 'routing';
  if (first === 'retention') return 'thresholds';
  if (first === 'booking') return /^booking\.(hours|exceptions)/.test(path) ? 'place' : 'thresholds';
  return 'place';
}

export function checklist(
  doc: Json,
  around: { readonly people: number | null; readonly screens: number | null; readonly changes: number },
  said: readonly Said[],
): RoomLine[] {
  const items = listOf(doc, ['menu', 'items']);
  const isRouted = (item: Json): boolean =>
    listOf(item, ['stations']).length > 0 ||
    listOf(
      listOf(doc, ['menu', 'categories']).find((one) => wordsOf(one, ['id']) === wordsOf(item, ['category'])),
      ['stations'],
    ).length > 0;
  const unrouted = wordsOf(doc, ['defaultStation']) === '' ? items.filter((one) => !isRouted(one)).length : 0;
  const counts: Record<RoomId, number | null> = {
    place: null,
    stations: listOf(doc, ['stations']).length,
    menu: items.length,
    routing: unrouted,
    tables: listOf(doc, ['tables']).length,
    staff: around.people,
    screens: around.screens,
    printers: listOf(doc, ['printers']).length,
    channels: listOf(doc, ['channels']).length,
    thresholds: null,
    publish: around.changes,
    why: null,
  };
  const filled = (room: RoomId): RoomState => {
    const count = counts[room];
    switch (room) {
      case 'place':
        return wordsOf(doc, ['name']).trim() !== '' && valueAt(doc, ['timezone']) !== undefined
          ? 'done'
          : 'todo';
      case 'thresholds':
        return 'done';
      case 'routing':
        return items.length === 0 ? 'open' : count === 0 ? 'done' : 'todo';
      case 'stations':
      case 'menu':
      case 'tables':
      case 'staff':
      case 'screens':
        return count === 0 ? 'todo' : 'done';
      case 'publish':
        return count === 0 ? 'done' : 'todo';
      default:
        return count === null || count === 0 ? 'open' : 'done';
    }
  };
  return ROOMS.map((room): RoomLine => {
    const here = room === 'publish' || room === 'why' ? [] : said.filter(({ path }) => roomOf(path) === room);
    const state = here.some(({ severity }) => severity === 'error')
      ? filled(room) === 'todo'
        ? 'todo'
        : 'blocked'
      : here.length > 0
        ? 'warned'
        : filled(room);
    return { room, state, count: counts[room] };
  });
}
