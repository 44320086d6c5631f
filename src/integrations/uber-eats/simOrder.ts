import type { SimDish, SimWorld } from '../simulation.ts';

/** Uber's side of one order in the simulator, and what it is made of. `simWords.ts` tells it. */
export type SimOrder = {
  readonly id: string;
  readonly displayId: string;
  /** Known to the older API alone. */
  readonly isLegacy: boolean;
  readonly guest: { readonly first: string; readonly last: string };
  readonly lines: readonly SimLine[];
  readonly notes: string;
  readonly placedAt: number;
  /** When the guest wants it, of one that was ordered ahead. */
  readonly scheduledFor: number | null;
  readonly isPickup: boolean;
  /** Since when an answer is waited for. */
  offeredAt: number;
  readyAt: number;
  state: 'OFFERED' | 'ACCEPTED' | 'HANDED_OFF' | 'SUCCEEDED' | 'FAILED';
  isReady: boolean;
  delivery: string;
  courier: SimCourier | null;
  failure: { readonly reason: string; readonly party: string; readonly words: string } | null;
  readonly acts: string[];
  inTime: boolean;
};
export type SimLine = {
  readonly key: string;
  readonly dish: SimDish;
  readonly qty: number;
  readonly added: readonly { readonly key: string; readonly option: SimDish['options'][number] }[];
  readonly removed: readonly { readonly key: string; readonly id: string; readonly name: string }[];
  readonly note: string;
  readonly allergy: { readonly allergens: readonly string[]; readonly words: string } | null;
};
export type SimCourier = { readonly name: string; lat: number; lng: number };

const GUESTS = [
  ['Noor', 'K'],
  ['Theo', 'M'],
  ['Ines', 'V'],
  ['Kwame', 'A'],
  ['Mei', 'L'],
  ['Layla', 'H'],
  ['Jonas', 'P'],
  ['Rosa', 'D'],
] as const;
const NOTES = ['', '', '', 'Sauce on the side', 'Extra napkins please', 'Not too spicy', 'Cut in half'];
/** Removed although the menu never names it: what a dish comes with. */
const COMES_WITH = ['Red Onion', 'Cilantro', 'Tomato', 'Cheese'];
const PREPARATION_MS = 17 * 60_000;

export type SimWish = {
  readonly isLegacy?: boolean;
  readonly isPickup?: boolean;
  readonly scheduledFor?: number | null;
  /** At least this many lines; chance decides without it. */
  readonly lines?: number;
  readonly withAllergy?: boolean;
};

/** An order of what is on the menu: options, removals, an allergy now and then. */
export function newOrder(
  world: Pick<SimWorld, 'random' | 'now'>,
  menu: readonly SimDish[],
  wish: SimWish,
): SimOrder {
  const below = (count: number) => Math.floor(world.random() * count);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const id = uuidOf(world);
  const [first, last] = pick(GUESTS);
  const placedAt = world.now();
  const scheduledFor = wish.scheduledFor ?? null;
  const count = wish.lines ?? 1 + below(3);
  const lines = Array.from({ length: count }, (_, index): SimLine => {
    const dish = pick(menu);
    const key = `ci-${index + 1}`;
    const hasAllergy = index === 0 && (wish.withAllergy ?? world.random() < 0.12);
    return {
      key,
      dish,
      qty: world.random() < 0.75 ? 1 : 2,
      added: dish.options
        .filter(() => world.random() < 0.35)
        .slice(0, 3)
        .map((option, at) => ({ key: `${key}-${at + 1}`, option })),
      removed:
        world.random() < 0.2
          ? [pick(COMES_WITH)].map((name) => ({
              key: `${key}-r`,
              id: `no-${name.toLowerCase().replace(' ', '-')}`,
              name,
            }))
          : [],
      note: pick(NOTES),
      allergy: hasAllergy ? { allergens: ['PEANUTS'], words: 'Severe, clean board please' } : null,
    };
  });
  return {
    id,
    displayId: id.slice(-5).toUpperCase(),
    isLegacy: wish.isLegacy === true,
    guest: { first, last },
    lines,
    notes: world.random() < 0.2 ? 'Please put the bag into the lobby' : '',
    placedAt,
    scheduledFor,
    isPickup: wish.isPickup === true,
    offeredAt: placedAt,
    readyAt: (scheduledFor ?? placedAt) + (scheduledFor === null ? PREPARATION_MS : -15 * 60_000),
    state: 'OFFERED',
    isReady: false,
    delivery: 'SCHEDULED',
    courier: null,
    failure: null,
    acts: [],
    inTime: true,
  };
}

/** A UUID of the world's own chance, so that the same seed names the same orders. */
export function uuidOf(world: Pick<SimWorld, 'random'>): string {
  const hex = Array.from({ length: 32 }, () => Math.floor(world.random() * 16).toString(16)).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}
