import { arabic } from './wordsAr.ts';
import { english } from './wordsEn.ts';
import { spanish } from './wordsEs.ts';

/** What an agent is given to say: one sentence each, in the caller's language. */

export type Language = 'en' | 'es' | 'ar';

/** `when`, `day`, `time`: already in words; `others`: a list in words, "7 PM, 7:15 PM or 8 PM". */
export type Words = {
  readonly late: string;
  readonly trouble: string;
  readonly unknownTool: string;
  readonly askDay: string;
  readonly askTime: string;
  readonly askHalf: (times: string) => string;
  readonly noSuchTime: string;
  readonly askParty: string;
  readonly askName: string;
  readonly past: string;
  readonly tooFar: (days: number) => string;
  readonly tooLarge: (largest: number) => string;
  readonly booked: (party: number, when: string, name: string) => string;
  readonly requested: (party: number, when: string, name: string) => string;
  readonly gone: (when: string, others: string) => string;
  readonly nothingFree: (when: string) => string;
  readonly free: (party: number, when: string) => string;
  readonly freeTimes: (day: string, times: string) => string;
  readonly closedThen: (when: string, others: string) => string;
  readonly closedDay: (day: string, others: string) => string;
  readonly noBooking: string;
  readonly whichBooking: (bookings: string) => string;
  readonly whatChange: string;
  readonly changed: (party: number, when: string) => string;
  readonly cancelled: (when: string) => string;
  readonly tooLate: string;
  readonly askDishes: string;
  readonly askCount: (dish: string) => string;
  readonly didYouMean: (dishes: string) => string;
  readonly notOnMenu: (dish: string, others: string) => string;
  readonly soldOut: (dish: string, others: string) => string;
  readonly whichOption: (dish: string, group: string, options: string) => string;
  readonly tooManyOptions: (dish: string, group: string, most: number) => string;
  readonly ordered: (dishes: string, total: string, number: string) => string;
  readonly onlyPickup: string;
  readonly askMessage: string;
  readonly messageTaken: string;
  readonly hours: (day: string, periods: string) => string;
  readonly closed: (day: string) => string;
  readonly anyHour: string;
  readonly period: (first: string, last: string) => string;
  readonly dishCosts: (dish: string, price: string, allergens: string) => string;
  readonly allergens: (list: string) => string;
  readonly onMenu: (things: string) => string;
  readonly noMenu: string;
  readonly today: (day: string) => string;
  readonly tomorrow: (day: string) => string;
  readonly at: (day: string, time: string) => string;
  readonly dishes: (count: number, name: string) => string;
  readonly bookingIs: (party: number, when: string) => string;
  /** When nobody answers a call that no agent takes. */
  readonly leaveMessage: (house: string) => string;
  readonly welcome: (house: string) => string;
  /** Left for whoever rings back when the caller did not wait for the answer. */
  readonly tellCaller: (sentence: string) => string;
};

const WORDS: Readonly<Record<Language, Words>> = { en: english, es: spanish, ar: arabic };

export function wordsIn(language: Language): Words {
  return WORDS[language];
}

/** `es-MX`, `Spanish`, `العربية`; null for a language that the house does not speak. */
export function languageOf(said: unknown): Language | null {
  if (typeof said !== 'string') return null;
  const text = said.trim().toLowerCase();
  if (/^(?:en\b|english|ingl[eé]s|الإنجليزية)/.test(text)) return 'en';
  if (/^(?:es\b|spanish|español|espanol|الإسبانية)/.test(text)) return 'es';
  if (/^(?:ar\b|arabic|árabe|arabe|العربية|عربي)/.test(text)) return 'ar';
  return null;
}
