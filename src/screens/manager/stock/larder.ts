import type { MenuView } from '../../../domain/entities.ts';
import type { StockView, WasteView } from '../../../domain/stock/entities.ts';
import { t } from '../../i18n/words.tsx';

/** What the managers' page of the larder shows, from the copies that the page has of `manager` and `pos`. */

export type Unit = StockView['unit'];
/** `uncounted`: of it nothing is known, so nothing is taken and nobody is told. */
export type Level = StockView['level'] | 'uncounted';
/** What somebody does to an ingredient; its command is `stock.<deed>`. */
export type Deed = 'receive' | 'count' | 'waste';

type Dish = MenuView['items'][number];
const ORDER: readonly Level[] = ['out', 'low', 'uncounted', 'ok'];

export function levelOf({ onHand, level }: StockView): Level {
  return onHand === null ? 'uncounted' : level;
}

/** What needs somebody first, then by name. `query`: a part of the ingredient's name, or of a dish that takes it. */
export function shelf(stock: Iterable<StockView>, query: string, onlyShort: boolean): StockView[] {
  const wanted = query.trim().toLocaleLowerCase();
  return [...stock]
    .filter((one) => !onlyShort || levelOf(one) === 'out' || levelOf(one) === 'low')
    .filter(({ name, dishes }) =>
      [name, ...dishes.map((dish) => dish.name)].some((text) => text.toLocaleLowerCase().includes(wanted)),
    )
    .toSorted(
      (a, b) => ORDER.indexOf(levelOf(a)) - ORDER.indexOf(levelOf(b)) || a.name.localeCompare(b.name),
    );
}

export type LarderFigures = {
  readonly out: number;
  /** Dishes and options that can no longer be made. */
  readonly lacking: number;
  readonly low: number;
  readonly kept: number;
  readonly soldOut: number;
  readonly belowPar: number;
  readonly wasted: number;
  /** Minor units, as far as costs are known. */
  readonly wasteCost: number;
};

export function figuresOf(
  stock: readonly StockView[],
  waste: readonly WasteView[],
  dishes: readonly Dish[],
): LarderFigures {
  const lacking = stock.flatMap((one) => one.dishes.filter((dish) => dish.lacking));
  return {
    out: stock.filter((one) => levelOf(one) === 'out').length,
    lacking: new Set(lacking.map(({ item, option }) => item ?? `option ${option ?? ''}`)).size,
    low: stock.filter((one) => levelOf(one) === 'low').length,
    kept: stock.length,
    soldOut: dishes.filter(({ soldOut }) => soldOut).length,
    belowPar: stock.filter((one) => missing(one) > 0).length,
    wasted: waste.length,
    wasteCost: waste.reduce((sum, { cost }) => sum + (cost ?? 0), 0),
  };
}

/** What is missing to what should be there at the start of a day. */
export function missing({ onHand, par }: StockView): number {
  return par === undefined || onHand === null ? 0 : Math.max(0, par - onHand);
}

/** How full the shelf is, 0 to 1; null where there is nothing to compare with. */
export function fullness({ onHand, par, low }: StockView): number | null {
  const whole = par ?? low * 4;
  return onHand === null || whole === 0 ? null : Math.min(1, onHand / whole);
}

/** Each dish once, with what stands in the way of selling it first. */
export function dishesOf(menus: Iterable<MenuView>): Dish[] {
  return [...new Map([...menus].flatMap(({ items }) => items.map((item) => [item.id, item]))).values()];
}

/** `1.5 kg`, `300 g`, `12`: from a thousand on in the larger unit. */
export function amountText(amount: number, unit: Unit): string {
  if (unit === 'piece') return t('stock.piece', { amount });
  const isLarge = Math.abs(amount) >= 1_000;
  const shown = isLarge ? Math.round(amount / 10) / 100 : amount;
  if (unit === 'g') return t(isLarge ? 'stock.kg' : 'stock.g', { amount: shown });
  return t(isLarge ? 'stock.l' : 'stock.ml', { amount: shown });
}

/** What was typed, in the ingredient's own unit; null: no such number. Nothing can be counted, not received. */
export function readAmount(text: string, deed: Deed): number | null {
  if (!/^\d{1,9}$/.test(text.trim())) return null;
  const amount = Number(text);
  return amount > 100_000_000 || (amount === 0 && deed !== 'count') ? null : amount;
}
