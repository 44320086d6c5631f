import { z } from 'zod';
import type { Cart, CartLine } from './cart.ts';

/**
 * The carts that are not sent, one an order: a waiter may leave T12 half typed, serve T3 and come back; a reload loses nothing.
 * The store changes at the tap itself, not at the next paint, so that the second of two quick taps on Send finds an empty cart.
 */

const line = z.object({
  id: z.string(),
  menuItem: z.string(),
  qty: z.int().min(1).max(999),
  choices: z.array(z.object({ group: z.string(), option: z.string(), qty: z.int() })),
  notes: z.string(),
  allergies: z.array(z.string()),
  seat: z.int().nullable(),
  course: z.int().nullable(),
  hold: z.boolean(),
});

const cart = z.object({
  order: z.string(),
  adds: z.boolean(),
  type: z.enum(['dine_in', 'takeout', 'delivery', 'counter']),
  table: z.string().nullable(),
  guest: z.string(),
  covers: z.int(),
  notes: z.string(),
  allergies: z.array(z.string()),
  lines: z.array(line),
  openedAt: z.number(),
});

const kept = z.object({ v: z.literal(1), carts: z.array(cart) });

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
    this.#shelf.write(JSON.stringify({ v: 1, carts: carts.filter((draft) => draft.lines.length > 0) }));
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
    const parsed = kept.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data.carts : [];
  } catch {
    return [];
  }
}
