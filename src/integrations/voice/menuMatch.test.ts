import { describe, expect, it } from 'vitest';
import { type Named, matchName } from './menuMatch.ts';

const MENU = [
  'Classic Burger',
  'Bacon Cheeseburger',
  'Veggie Burger',
  'House Lemonade',
  'Mint Tea Pot',
  'Fries',
  'Grilled Salmon',
  'Crème Brûlée',
  'Empanada de carne',
  'Empanada de pollo',
  'IPA 2',
  'IPA 3',
  'Beef',
  'Beer',
  'شاي بالنعناع',
].map((name): Named<string> => ({ thing: name, names: [name] }));

function match(said: string): string {
  const found = matchName(said, MENU);
  return found.kind === 'one' ? found.thing : found.kind === 'several' ? `? ${found.things.join(', ')}` : '-';
}

describe('what is meant by a name', () => {
  it('[CA21] the same words are the dish: case, accents, articles, plurals, order and a slip do not matter', () => {
    expect(match('classic burger')).toBe('Classic Burger');
    expect(match('the Classic Burgers, please')).toBe('Classic Burger');
    expect(match('burger classic')).toBe('Classic Burger');
    expect(match('clasic burger')).toBe('Classic Burger');
    expect(match('bacon cheese burger')).toBe('Bacon Cheeseburger');
    expect(match('creme brulee')).toBe('Crème Brûlée');
    expect(match('empanadas de carne')).toBe('Empanada de carne');
    expect(match('grilled slamon')).toBe('Grilled Salmon');
    expect(match('شاي بالنعناع')).toBe('شاي بالنعناع');
    expect(match('IPA 3')).toBe('IPA 3');
  });

  it('[CA21] whatever is only like it is asked back, never taken', () => {
    expect(match('burger')).toBe('? Classic Burger, Veggie Burger');
    expect(match('cheese burger')).toMatch(/^\?.*Bacon Cheeseburger/);
    expect(match('lemonade')).toBe('? House Lemonade');
    expect(match('empanada')).toBe('? Empanada de carne, Empanada de pollo');
    expect(match('chicken burger')).toMatch(/^\? /);
    expect(match('IPA')).toBe('? IPA 2, IPA 3');
  });

  it('[CA21] a short word with one letter changed is another word', () => {
    expect(match('beet')).toBe('-');
    expect(match('beer')).toBe('Beer');
    expect(match('paella')).toBe('-');
    expect(match('')).toBe('-');
    expect(match('the please')).toBe('-');
    expect(match('\u0000')).toBe('-');
  });
});
