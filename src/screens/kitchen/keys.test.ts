import { expect, it } from 'vitest';
import { keyAct } from './keys.ts';

const key = (name: string, rtl = false, ctrlKey = false) =>
  keyAct({ key: name, ctrlKey, metaKey: false, altKey: false }, rtl);

it('[S24] the bump bar’s map: digits select, Enter bumps, S R A Z ? act, arrows page as one reads', () => {
  expect(key('1')).toEqual({ act: 'select', index: 0 });
  expect(key('9')).toEqual({ act: 'select', index: 8 });
  expect(['Enter', 's', 'R', 'a', 'z', '?'].map((name) => key(name)?.act)).toEqual([
    'bump',
    'start',
    'recall',
    'allDay',
    'undo',
    'help',
  ]);
  expect(key('ArrowRight')).toEqual({ act: 'page', by: 1 });
  expect(key('ArrowRight', true)).toEqual({ act: 'page', by: -1 });
  expect(key('r', false, true)).toBeNull();
  expect(key('0')).toBeNull();
});
