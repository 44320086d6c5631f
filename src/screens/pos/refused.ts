import type { Entity } from '../../domain/entities.ts';
import { t } from '../i18n/words.tsx';
import { COVERS, type Cart, type CartLine, ORDER_TYPES } from './cart.ts';
import { readChoice } from './drafts.ts';
import { field, listAt, oneOf, textAt, wholeAt, wordsAt } from './reading.ts';

/** What the kitchen did not take: said in the waiter's words, and never lost. */

/**
 * Why an order with these pieces was refused, when something in it ran out: what, how many are left, and what there is instead.
 * `current` is the part of the menu as it is now. Null: it was refused for another reason.
 */
export function soldOutWords(
  current: Entity | null,
  lines: readonly { readonly menuItem: string; readonly qty: number }[],
): string | null {
  if (current?.kind !== 'menu') return null;
  const wanted = new Map<string, number>();
  for (const { menuItem, qty } of lines) wanted.set(menuItem, (wanted.get(menuItem) ?? 0) + qty);
  const short = current.items.flatMap((item) => {
    const qty = wanted.get(item.id) ?? 0;
    if (qty === 0) return [];
    if (item.soldOut) return [t('refused.soldOut', { name: item.name })];
    return item.left !== undefined && qty > item.left
      ? [t('refused.left', { name: item.name, left: item.left, wanted: qty })]
      : [];
  });
  if (short.length === 0) return null;
  const others = current.items.filter(({ id, soldOut }) => !soldOut && !wanted.has(id)).slice(0, 3);
  const instead =
    others.length === 0 ? [] : [t('refused.instead', { names: others.map(({ name }) => name).join(', ') })];
  return [...short, ...instead].join(' ');
}

/** The draft that an order was sent from, out of what was sent: after a reload nobody else has it. */
export function draftOf(
  name: string,
  input: unknown,
  tappedAt: number,
): { cart: Cart; lines: CartLine[] } | null {
  const adds = name === 'order.add';
  if (!adds && name !== 'order.place') return null;
  const sent = adds ? input : field(input, 'order');
  const order = adds ? textAt(input, 'order') : textAt(sent, 'id');
  const lines = listAt(sent, 'items', readSent);
  if (order === undefined || !lines || lines.length === 0) return null;
  return {
    cart: {
      order,
      adds,
      type: oneOf(field(sent, 'type'), ORDER_TYPES) ?? 'dine_in',
      table: textAt(sent, 'table') ?? null,
      guest: textAt(field(sent, 'guest'), 'name') ?? '',
      phone: textAt(field(sent, 'guest'), 'phone') ?? '',
      address: textAt(field(sent, 'dropoff'), 'address') ?? '',
      instructions: textAt(field(sent, 'dropoff'), 'instructions') ?? '',
      covers: wholeAt(sent, 'covers', 1) ?? COVERS,
      notes: textAt(sent, 'notes') ?? '',
      allergies: wordsAt(sent, 'allergies'),
      lines: [],
      openedAt: tappedAt,
    },
    lines,
  };
}

function readSent(value: unknown): CartLine | undefined {
  const [id, menuItem, qty] = [textAt(value, 'id'), textAt(value, 'menuItem'), wholeAt(value, 'qty', 1)];
  if (id === undefined || menuItem === undefined || qty === undefined) return undefined;
  return {
    id,
    menuItem,
    qty,
    choices: listAt(value, 'modifiers', readChoice) ?? [],
    notes: textAt(value, 'notes') ?? '',
    allergies: wordsAt(value, 'allergies'),
    seat: wholeAt(value, 'seat', 1) ?? null,
    course: wholeAt(value, 'course', 1) ?? null,
    hold: field(value, 'hold') === true,
  };
}
