import type { Choice } from './choices.ts';
import { ORDER_TYPES, type Cart, type CartLine } from './cart.ts';
import { field, listAt, oneOf, textAt, wholeAt, wordsAt } from './reading.ts';

/**
 * The carts that are not sent, one an order: a waiter may leave T12 half typed, serve T3 and come back; a reload loses nothing.
 * The store changes at the tap itself, not at the next paint, so that the second of two quick taps on Send finds an empty cart.
 */

/** The shape on the shelf; another one is not read. */
const SHAPE = 1;

/** Where drafts are kept between reloads: localStorage, or nothing where that is forbidden. */
export type Shelf = { read(): string | null; write(text: string): void };

/** A draft older than this is somebody else's evening. */
const FORGET_AFTER = 12 * 3_600_000;

export class Drafts {
  #carts: readonly Cart[];
  readonly #shelf: Shelf;
  readonly #listeners = new Set<() => void>();

  constructor(shelf: Shelf, now: number) {
    this.#shelf = shelf;
    this.#carts = read(shelf).filter(
      (draft) => draft.lines.length > 0 && now - draft.openedAt < FORGET_AFTER,
    );
  }

  readonly get = (): readonly Cart[] => this.#carts;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  find(order: string): Cart | undefined {
    return this.#carts.find((draft) => draft.order === order);
  }

  /** The draft for a table's next order, where somebody has begun one. */
  findTable(table: string): Cart | undefined {
    return this.#carts.find((draft) => draft.table === table && draft.lines.length > 0);
  }

  /** Adds the cart, or takes the place of the one for the same order. */
  put(draft: Cart): void {
    const known = this.find(draft.order) !== undefined;
    this.#set(
      known
        ? this.#carts.map((other) => (other.order === draft.order ? draft : other))
        : [...this.#carts, draft],
    );
  }

  update(order: string, change: (draft: Cart) => Cart): void {
    const draft = this.find(order);
    if (draft) this.put(change(draft));
  }

  drop(order: string): void {
    this.#set(this.#carts.filter((draft) => draft.order !== order));
  }

  /** Lines that the server refused come back in front of what was typed since. `cart` is the cart they were sent from. */
  giveBack(cart: Cart, lines: readonly CartLine[]): void {
    const now = this.find(cart.order);
    const typed = (now?.lines ?? []).filter((other) => !lines.some(({ id }) => id === other.id));
    this.put({ ...(now ?? cart), adds: cart.adds, lines: [...lines, ...typed] });
  }

  #set(carts: readonly Cart[]): void {
    this.#carts = carts;
    this.#shelf.write(JSON.stringify({ v: SHAPE, carts: carts.filter((draft) => draft.lines.length > 0) }));
    for (const listener of this.#listeners) listener();
  }
}

/** This browser's shelf for a location. */
export function shelfFor(location: string): Shelf {
  const key = `heard.drafts.${location}`;
  return {
    read() {
      try {
        return localStorage.getItem(key);
      } catch {
        return null;
      }
    },
    write(text) {
      try {
        localStorage.setItem(key, text);
      } catch {
        // Full or forbidden: the drafts then live as long as the page.
      }
    },
  };
}

function read(shelf: Shelf): Cart[] {
  const text = shelf.read();
  if (text === null) return [];
  try {
    const kept: unknown = JSON.parse(text);
    return field(kept, 'v') === SHAPE ? (listAt(kept, 'carts', readCart) ?? []) : [];
  } catch {
    return [];
  }
}

function readCart(value: unknown): Cart | undefined {
  const order = textAt(value, 'order');
  const type = oneOf(field(value, 'type'), ORDER_TYPES);
  const covers = wholeAt(value, 'covers', 1);
  const openedAt = field(value, 'openedAt');
  const lines = listAt(value, 'lines', readLine);
  if (
    order === undefined ||
    type === undefined ||
    covers === undefined ||
    typeof openedAt !== 'number' ||
    !lines
  )
    return undefined;
  return {
    order,
    adds: field(value, 'adds') === true,
    type,
    table: textAt(value, 'table') ?? null,
    guest: textAt(value, 'guest') ?? '',
    phone: textAt(value, 'phone') ?? '',
    address: textAt(value, 'address') ?? '',
    instructions: textAt(value, 'instructions') ?? '',
    covers,
    notes: textAt(value, 'notes') ?? '',
    allergies: wordsAt(value, 'allergies'),
    lines,
    openedAt,
  };
}

function readLine(value: unknown): CartLine | undefined {
  const [id, menuItem] = [textAt(value, 'id'), textAt(value, 'menuItem')];
  const qty = wholeAt(value, 'qty', 1);
  const choices = listAt(value, 'choices', readChoice);
  if (id === undefined || menuItem === undefined || qty === undefined || !choices) return undefined;
  return {
    id,
    menuItem,
    qty,
    choices,
    notes: textAt(value, 'notes') ?? '',
    allergies: wordsAt(value, 'allergies'),
    seat: wholeAt(value, 'seat', 1) ?? null,
    course: wholeAt(value, 'course', 1) ?? null,
    hold: field(value, 'hold') === true,
  };
}

/** An option of a group; one piece where no number is said. */
export function readChoice(value: unknown): Choice | undefined {
  const [group, option] = [textAt(value, 'group'), textAt(value, 'option')];
  return group === undefined || option === undefined
    ? undefined
    : { group, option, qty: wholeAt(value, 'qty', 1) ?? 1 };
}
