import { i18n } from '@lingui/core';
import { compileMessage } from '@lingui/message-utils/compileMessage';
import { Fragment, useEffect, useState, type ReactElement, type ReactNode } from 'react';
import type { expoEn } from './expo.en.ts';
import type { floorEn } from './floor.en.ts';
import type { homeEn } from './home.en.ts';
import type { kitchenEn } from './kitchen.en.ts';
import { deviceLanguage, directionOf, localeOf, rememberLanguage, type Language } from './language.ts';
import type { posEn } from './pos.en.ts';
import type { printerEn } from './printer.en.ts';
import type { setupEn } from './setup.en.ts';
import type { uiEn } from './ui.en.ts';

/**
 * Every word a screen says. A catalog per area and language (`kitchen.en.ts`, `kitchen.es.ts`, …); English is the
 * source and its keys are types, so a key that does not exist, or is missing in another language, does not compile.
 * A page loads the areas it names, English with the page, the others when chosen.
 */

type Catalog = Record<string, string>;
export type Area = { en: Catalog; es: () => Promise<Catalog>; ar: () => Promise<Catalog> };

export type MessageKey =
  | keyof typeof uiEn
  | keyof typeof kitchenEn
  | keyof typeof expoEn
  | keyof typeof posEn
  | keyof typeof floorEn
  | keyof typeof printerEn
  | keyof typeof setupEn
  | keyof typeof homeEn;

type Values = Record<string, string | number>;

i18n.setMessagesCompiler(compileMessage);

/** A message in the device's language. `values` fill its ICU arguments; never build a sentence from two. */
export function t(key: MessageKey, values?: Values): string {
  return i18n._(key, values);
}

/** A message with tags: `<b>{count}</b> open`, where `tags.b` draws what is between. Other tags stay text. */
export function Rich({
  id,
  values,
  tags,
}: {
  id: MessageKey;
  values?: Values;
  tags: Record<string, (text: string) => ReactNode>;
}): ReactElement {
  const parts = t(id, values).split(/(<(\w+)>.*?<\/\2>)/g);
  return (
    <>
      {parts.map((part, index) => {
        // The split's second group is the tag's name alone: it follows each tagged part.
        if (index % 3 === 2) return null;
        const match = /^<(\w+)>(.*?)<\/\1>$/.exec(part);
        const draw = match ? tags[match[1] ?? ''] : undefined;
        return <Fragment key={index}>{draw && match ? draw(match[2] ?? '') : part}</Fragment>;
      })}
    </>
  );
}

/** Loads the words of a language and turns the page to it: `lang`, `dir`, digits, fonts. */
export async function speak(language: Language, areas: readonly Area[]): Promise<void> {
  const others = language === 'en' ? [] : await Promise.all(areas.map((area) => area[language]()));
  if (language === 'ar') await import('../ui/fonts-ar.css');
  const messages: Catalog = Object.assign({}, ...areas.map((area) => area.en), ...others);
  i18n.load(language, messages);
  i18n.activate(language, [localeOf(language)]);
  document.documentElement.lang = language;
  document.documentElement.dir = directionOf(language);
}

export function currentLanguage(): Language {
  return i18n.locale === 'es' || i18n.locale === 'ar' ? i18n.locale : 'en';
}

let switchTo: ((language: Language) => void) | null = null;

/** Changes the device's language now, and remembers it. */
export function setLanguage(language: Language): void {
  rememberLanguage(language);
  switchTo?.(language);
}

/** The root of every page: nothing is drawn before its words are there. A change of language draws the page anew. */
export function Words({
  areas,
  children,
}: {
  areas: readonly Area[];
  children: ReactNode;
}): ReactElement | null {
  const [language, setLanguageShown] = useState<Language | null>(null);
  useEffect(() => {
    let wanted = deviceLanguage();
    const show = (next: Language): void => {
      wanted = next;
      speak(next, areas).then(
        () => {
          if (wanted === next) setLanguageShown(next);
        },
        // Offline before the language was ever loaded: English came with the page.
        () => void speak('en', areas).then(() => setLanguageShown('en')),
      );
    };
    switchTo = show;
    show(wanted);
    return () => {
      switchTo = null;
    };
  }, [areas]);
  return language === null ? null : <Fragment key={language}>{children}</Fragment>;
}
