/** The keyboard and bump-bar map: 1 to 9 select, Enter bumps, S starts, R recall list, A all day, arrows page, Z undoes, ? help. */

export type KeyAct =
  | { act: 'select'; index: number }
  | { act: 'bump' | 'start' | 'recall' | 'allDay' | 'undo' | 'help' | 'larger' | 'smaller' | 'leave' }
  | { act: 'page'; by: 1 | -1 };

export type Key = { key: string; ctrlKey: boolean; metaKey: boolean; altKey: boolean };

/** What a key asks for; null: not ours. `rtl`: the arrows turn with the reading direction. */
export function keyAct({ key, ctrlKey, metaKey, altKey }: Key, rtl: boolean): KeyAct | null {
  if (ctrlKey || metaKey || altKey) return null;
  if (/^[1-9]$/.test(key)) return { act: 'select', index: Number(key) - 1 };
  switch (key.toLowerCase()) {
    case 'enter':
      return { act: 'bump' };
    case 's':
      return { act: 'start' };
    case 'r':
      return { act: 'recall' };
    case 'a':
      return { act: 'allDay' };
    case 'z':
      return { act: 'undo' };
    case '?':
      return { act: 'help' };
    case '+':
      return { act: 'larger' };
    case '-':
      return { act: 'smaller' };
    case 'escape':
      return { act: 'leave' };
    case 'arrowright':
      return { act: 'page', by: rtl ? -1 : 1 };
    case 'arrowleft':
      return { act: 'page', by: rtl ? 1 : -1 };
    default:
      return null;
  }
}
