import { describe, expect, it } from 'vitest';
import { menu, menuGroup, menuItem } from '../../testkit/entities.ts';
import {
  type Choice,
  defaultChoices,
  groupsById,
  isCounted,
  lessOption,
  missingGroups,
  modifiersOf,
  openGroups,
  tapOption,
  unitPrice,
} from './choices.ts';

const priced = (group: ReturnType<typeof menuGroup>, prices: Record<string, number>) => ({
  ...group,
  options: group.options.map((option) => ({ ...option, price: prices[option.id] ?? 0 })),
});

const side = menuGroup('side', ['fries', 'salad', 'corn'], { min: 1, max: 1 });
const nested = {
  ...side,
  options: side.options.map((option) =>
    option.id === 'salad' ? { ...option, groups: ['dressing'] } : option,
  ),
};
const dressing = menuGroup('dressing', ['oil', 'yoghurt'], { min: 1, max: 1 });
const extras = priced(menuGroup('extras', ['+cheddar', '+bacon', '+egg', '+avocado'], { max: 2, free: 1 }), {
  cheddar: 150,
  bacon: 200,
  egg: 150,
});
const remove = menuGroup('remove', ['-onion', '-mayo'], { max: 6 });
const scoops = menuGroup('scoops', ['vanilla', 'cocoa'], { min: 2, max: 2 });
const burger = menuItem('Burger', { price: 1000, groups: ['extras', 'remove', 'side'] });
const groups = groupsById(menu('mains', [burger], { groups: [nested, dressing, extras, remove, scoops] }));
const tap = (choices: readonly Choice[], ...taps: [group: string, option: string][]) =>
  taps.reduce<readonly Choice[]>(
    (now, [group, option]) => tapOption(burger, groups, now, group, option),
    choices,
  );

describe('what may be chosen on an item', () => {
  it('[W1] shows required groups first and says what is missing', () => {
    expect(openGroups(burger, groups, []).map(({ group }) => group.id)).toEqual(['side', 'extras', 'remove']);
    expect(missingGroups(burger, groups, []).map(({ group, missing }) => [group.id, missing])).toEqual([
      ['side', 1],
    ]);
    expect(missingGroups(burger, groups, tap([], ['side', 'fries']))).toEqual([]);
  });

  it('[W1] a group of one takes the other’s place, and a required one cannot be emptied', () => {
    expect(tap([], ['side', 'fries'], ['side', 'corn'])).toEqual([{ group: 'side', option: 'corn', qty: 1 }]);
    expect(tap([], ['side', 'fries'], ['side', 'fries'])).toEqual([
      { group: 'side', option: 'fries', qty: 1 },
    ]);
  });

  it('[W1] an option opens a group of its own, and takes its choices along when it goes', () => {
    const salad = tap([], ['side', 'salad']);
    expect(openGroups(burger, groups, salad).map(({ group }) => group.id)).toEqual([
      'side',
      'dressing',
      'extras',
      'remove',
    ]);
    expect(missingGroups(burger, groups, salad).map(({ group }) => group.id)).toEqual(['dressing']);
    expect(tap(salad, ['dressing', 'oil'], ['side', 'fries'])).toEqual([
      { group: 'side', option: 'fries', qty: 1 },
    ]);
  });

  it('[W1] a full group takes no more, a second tap takes one back', () => {
    const two = tap([], ['extras', 'cheddar'], ['extras', 'bacon']);
    expect(tap(two, ['extras', 'egg'])).toEqual(two);
    expect(tap(two, ['extras', 'cheddar'])).toEqual([{ group: 'extras', option: 'bacon', qty: 1 }]);
  });

  it('[W1] pieces are counted where a number is wanted', () => {
    const ice = menuItem('Ice', { groups: ['scoops'] });
    const on = (choices: readonly Choice[], option: string) =>
      tapOption(ice, groups, choices, 'scoops', option);
    expect(isCounted(scoops)).toBe(true);
    expect(isCounted(remove)).toBe(false);
    const two = on(on([], 'vanilla'), 'vanilla');
    expect(two).toEqual([{ group: 'scoops', option: 'vanilla', qty: 2 }]);
    expect(on(two, 'cocoa')).toEqual(two);
    expect(
      missingGroups(ice, groups, lessOption(ice, groups, two, 'scoops', 'vanilla')).map(
        ({ missing }) => missing,
      ),
    ).toEqual([1]);
  });

  it('[W2] a sold-out option cannot be chosen, an unknown one changes nothing', () => {
    const out = new Map(groups).set('extras', {
      ...extras,
      options: extras.options.map((option) => ({ ...option, soldOut: option.id === 'egg' })),
    });
    expect(tapOption(burger, out, [], 'extras', 'egg')).toEqual([]);
    expect(tapOption(burger, groups, [], 'extras', 'gold')).toEqual([]);
    expect(tapOption(burger, groups, [], 'sauces', 'egg')).toEqual([]);
  });

  it('[W3] the price counts each option, and the free places go to the first ones', () => {
    expect(unitPrice(burger, groups, [])).toBe(1000);
    expect(unitPrice(burger, groups, tap([], ['extras', 'cheddar']))).toBe(1000);
    expect(unitPrice(burger, groups, tap([], ['extras', 'cheddar'], ['extras', 'bacon']))).toBe(1200);
    expect(unitPrice(burger, groups, tap([], ['extras', 'bacon'], ['extras', 'cheddar']))).toBe(1150);
  });

  it('[W1] defaults are chosen before the first tap, sold-out ones are not', () => {
    const withDefault = new Map(groups)
      .set('side', { ...nested, default: 'salad' })
      .set('dressing', { ...dressing, default: 'oil' });
    expect(defaultChoices(burger, withDefault).map(({ option }) => option)).toEqual(['salad', 'oil']);
    const out = new Map(groups).set('side', {
      ...side,
      default: 'fries',
      options: side.options.map((option) => ({ ...option, soldOut: true })),
    });
    expect(defaultChoices(burger, out)).toEqual([]);
  });

  it('[W1] a line shows choices, then what is removed, then what is added', () => {
    expect(
      modifiersOf(groups, tap([], ['extras', 'bacon'], ['remove', 'onion'], ['side', 'corn'])).map(
        ({ action, name }) => `${action} ${name}`,
      ),
    ).toEqual(['choice corn', 'remove onion', 'add bacon']);
  });
});
