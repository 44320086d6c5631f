import { createContext, useContext } from 'react';
import type { Json } from '../../domain/documents.ts';
import { minorUnits } from '../ui/money.ts';
import type { Manager } from './session.ts';
import type { Device } from './calls.ts';
import type { KeptHouse, Keeper } from './keeper.ts';
import type { Said } from './said.ts';
import type { Person } from './peopleCalls.ts';
import { wordsOf } from './doc.ts';

/** What every room knows: the house on the desk, who sits at it, and what is true around it. */
export type House = {
  readonly kept: KeptHouse;
  readonly doc: Json;
  /** All that is said of the draft, what blocks a publish first. */
  readonly said: readonly Said[];
  readonly keeper: Keeper;
  readonly manager: Manager;
  readonly place: string;
  readonly people: readonly Person[] | null;
  readonly screens: readonly Device[] | null;
  /** People or screens changed: look again. */
  readonly lookAround: () => void;
  /** The place that somebody asked for last: `stations.0.backup`. */
  readonly focus: string | null;
  readonly goTo: (path: string) => void;
  readonly enter: (room: string) => void;
};

export const HouseContext = createContext<House | null>(null);

export function useHouse(): House {
  const house = useContext(HouseContext);
  if (house === null) throw new Error('A room of the set-up stands outside its house');
  return house;
}

/** Three letters that are a currency, or dollars while somebody still types. */
export function currencyOf(doc: Json): string {
  const said = wordsOf(doc, ['currency']);
  return /^[A-Z]{3}$/.test(said) ? said : 'USD';
}

/** Digits behind the point: 2 for EUR, 0 for JPY. */
export function digitsOf(doc: Json): number {
  return Math.round(Math.log10(minorUnits(currencyOf(doc))));
}
