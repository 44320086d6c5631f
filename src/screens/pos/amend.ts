import type { CommandRequest } from '../../domain/commands.ts';
import type { ItemView, OrderView } from '../../domain/entities.ts';
import type { CartLine } from './cart.ts';

/** An item of the kitchen's as a line that the modifier sheet can change. */
export function lineOfItem(item: ItemView): CartLine {
  return {
    id: item.id,
    menuItem: item.menuItem ?? '',
    qty: item.qty - item.voidQty,
    choices: item.modifiers.flatMap((modifier) =>
      modifier.group !== undefined && modifier.option !== undefined
        ? [{ group: modifier.group, option: modifier.option, qty: modifier.qty }]
        : [],
    ),
    notes: item.notes ?? '',
    allergies: item.allergies,
    seat: item.seat ?? null,
    course: item.course ?? null,
    hold: item.status === 'held',
  };
}

/** Only what changed: an amendment keeps the line, and the kitchen sees `2 → 1`. Null: nothing did. */
export function amendment(
  order: OrderView,
  item: ItemView,
  line: CartLine,
): CommandRequest<'item.amend'> | null {
  const before = lineOfItem(item);
  const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
  const changes = {
    // Pieces that were voided stay counted: the line's quantity is what was ever wanted.
    ...(line.qty !== before.qty && { qty: line.qty + item.voidQty }),
    ...(!same(sorted(line), sorted(before)) && {
      modifiers: line.choices.map((choice) => ({
        group: choice.group,
        option: choice.option,
        ...(choice.qty !== 1 && { qty: choice.qty }),
      })),
    }),
    ...(line.notes.trim() !== before.notes && { notes: line.notes.trim() === '' ? null : line.notes.trim() }),
    ...(!same([...line.allergies].toSorted(), [...before.allergies].toSorted()) && {
      allergies: [...line.allergies],
    }),
    ...(line.seat !== before.seat && { seat: line.seat }),
  };
  return Object.keys(changes).length === 0
    ? null
    : { order: order.id, item: item.id, version: order.version, ...changes };
}

function sorted(line: CartLine): string[] {
  return line.choices.map((choice) => `${choice.group}|${choice.option}|${choice.qty}`).toSorted();
}
