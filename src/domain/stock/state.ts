import { PMap } from '../pmap.ts';

/** What is left, as counted and as sold since. */

export type Stock = {
  /**
   * Menu item -> portions left to sell; only those that somebody counts. Below 0: so many more were sold elsewhere and
   * are owed. Readers see 0.
   */
  readonly portions: Readonly<Record<string, number>>;
  /** All that the location keeps. */
  readonly ingredients: PMap<IngredientStock>;
  /** What can no longer be made for want of an ingredient. */
  readonly lacking: Readonly<Record<'items' | 'options', Readonly<Record<string, Lack>>>>;
  /** Ingredients whose level was not told yet. */
  readonly untold: Readonly<Record<string, true>>;
  /** What was thrown away, newest last, bounded. */
  readonly waste: readonly Waste[];
};

export type Level = 'ok' | 'low' | 'out';

export type IngredientStock = {
  readonly id: string;
  readonly version: number;
  /** Null until somebody counts it: of what was never counted nothing is known. Below 0 the count was wrong. */
  readonly onHand: number | null;
  /** What the amount comes to. */
  readonly level: Level;
  /** The level that was last told, and where in the log. */
  readonly told: Level;
  readonly toldSeq: number;
  readonly countedAt?: string;
  readonly moved?: { readonly what: Movement; readonly amount: number; readonly at: string };
};

export type Movement = 'sold' | 'returned' | 'counted' | 'received' | 'wasted';

/** Since which position of the log, and whether somebody sells it all the same. */
export type Lack = { readonly since: number; readonly kept?: true };

export type Waste = {
  /** Position in the log. */
  readonly id: string;
  readonly seq: number;
  readonly at: string;
  readonly why: 'voided' | 'refired' | 'cancelled' | 'amended' | 'thrown';
  readonly name: string;
  /** Pieces of a dish, or the ingredient's unit. */
  readonly qty: number;
  readonly unit?: 'g' | 'ml' | 'piece';
  readonly reason?: string;
  /** Whose food it was: with its guest the reason is forgotten. */
  readonly order?: string;
  readonly by?: string;
  /** In minor units, where it is known. */
  readonly cost?: number;
};

export const NO_STOCK: Stock = {
  portions: {},
  ingredients: PMap.empty(),
  lacking: { items: {}, options: {} },
  untold: {},
  waste: [],
};
