import { i18n } from '@lingui/core';
import { compileMessage } from '@lingui/message-utils/compileMessage';
import { directionOf, localeOf, type Language } from './language.ts';
import type { channelsEn } from './channels.en.ts';
import type { callsEn } from './calls.en.ts';
import type { deliveriesEn } from './deliveries.en.ts';
import type { deviceEn } from './device.en.ts';
import type { expoEn } from './expo.en.ts';
import type { figuresEn } from './figures.en.ts';
import type { floorEn } from './floor.en.ts';
import type { hostEn } from './host.en.ts';
import type { homeEn } from './home.en.ts';
import type { kitchenEn } from './kitchen.en.ts';
import type { managerEn } from './manager.en.ts';
import type { pastEn } from './past.en.ts';
import type { platformEn } from './platform.en.ts';
import type { posEn } from './pos.en.ts';
import type { printerEn } from './printer.en.ts';
import type { setupEn } from './setup.en.ts';
import type { setupDeskEn } from './setupDesk.en.ts';
import type { setupOutsideEn } from './setupOutside.en.ts';
import type { setupRoomsEn } from './setupRooms.en.ts';
import type { stockEn } from './stock.en.ts';
import type { trackEn } from './track.en.ts';
import type { trustEn } from './trust.en.ts';
import type { uiEn } from './ui.en.ts';

/**
 * Every word a screen says. A catalog per area and language (`kitchen.en.ts`, `kitchen.es.ts`, …); English is the
 * source and its keys are types, so a key that does not exist, or is missing in another language, does not compile.
 * A page loads the areas it names, English with the page, the others when chosen. Nothing here draws: a page without
 * React says its words too.
 */

type Catalog = Record<string, string>;
export type Area = { en: Catalog; es: () => Promise<Catalog>; ar: () => Promise<Catalog> };

export type MessageKey =
  | keyof typeof uiEn
  | keyof typeof kitchenEn
  | keyof typeof deviceEn
  | keyof typeof channelsEn
  | keyof typeof deliveriesEn
  | keyof typeof trustEn
  | keyof typeof expoEn
  | keyof typeof platformEn
  | keyof typeof posEn
  | keyof typeof floorEn
  | keyof typeof managerEn
  | keyof typeof figuresEn
  | keyof typeof pastEn
  | keyof typeof printerEn
  | keyof typeof setupEn
  | keyof typeof setupDeskEn
  | keyof typeof setupRoomsEn
  | keyof typeof setupOutsideEn
  | keyof typeof hostEn
  | keyof typeof callsEn
  | keyof typeof homeEn
  | keyof typeof stockEn
  | keyof typeof trackEn;

export type Values = Record<string, string | number>;

i18n.setMessagesCompiler(compileMessage);

/** A message in the device's language. `values` fill its ICU arguments; never build a sentence from two. */
export function t(key: MessageKey, values?: Values): string {
  return i18n._(key, values);
}

/** A message cut at its tags: text, and what stands between `<b>` and `</b>`. Other tags stay text. */
export function partsOf(key: MessageKey, values?: Values): { tag: string | null; text: string }[] {
  return t(key, values)
    .split(/(<(\w+)>.*?<\/\2>)/g)
    .flatMap((part, index) => {
      // The split's second group is the tag's name alone: it follows each tagged part.
      if (index % 3 === 2) return [];
      const match = /^<(\w+)>(.*?)<\/\1>$/.exec(part);
      return [{ tag: match?.[1] ?? null, text: match?.[2] ?? part }];
    });
}

/** Areas of parts of a page that came after it, so that a change of language changes them too. */
const late: Area[] = [];

/** The words of a part that is loaded when it is opened. Resolves when they can be said in the device's language. */
export async function alsoSay(area: Area): Promise<void> {
  if (late.includes(area)) return;
  const language = currentLanguage();
  const words = language === 'en' ? {} : await area[language]();
  late.push(area);
  i18n.load(i18n.locale, { ...area.en, ...words });
}

/** Loads the words of a language and turns the page to it: `lang`, `dir`, digits, fonts. */
export async function speak(language: Language, areas: readonly Area[]): Promise<void> {
  const all = [...areas, ...late];
  const others = language === 'en' ? [] : await Promise.all(all.map((area) => area[language]()));
  if (language === 'ar') await import('../ui/fonts-ar.css');
  const messages: Catalog = Object.assign({}, ...all.map((area) => area.en), ...others);
  i18n.load(language, messages);
  i18n.activate(language, [localeOf(language)]);
  document.documentElement.lang = language;
  document.documentElement.dir = directionOf(language);
}

export function currentLanguage(): Language {
  return i18n.locale === 'es' || i18n.locale === 'ar' ? i18n.locale : 'en';
}
