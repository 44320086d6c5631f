/** The language of a device: chosen by `?lang=`, else by its last choice, else by the browser, else English. */

export const LANGUAGES = ['en', 'es', 'ar'] as const;
export type Language = (typeof LANGUAGES)[number];

const KEY = 'heard.language';

/** What the language calls itself: a chooser is read by somebody who may know no other. */
export const OWN_NAMES: Record<Language, string> = { en: 'English', es: 'Español', ar: 'العربية' };

export function directionOf(language: Language): 'ltr' | 'rtl' {
  return language === 'ar' ? 'rtl' : 'ltr';
}

/** Western digits in all three: they must match the paper, the platform's code and the shout. */
export function localeOf(language: Language): string {
  return language === 'ar' ? 'ar-u-nu-latn' : language;
}

/** One of ours; null for a language that has no catalog. */
export function knownLanguage(value: string | null | undefined): Language | null {
  const short = (value ?? '').toLowerCase().split('-')[0];
  return LANGUAGES.find((language) => language === short) ?? null;
}

/** The pure choice, first that is known. */
export function chooseLanguage(
  asked: string | null,
  stored: string | null,
  browser: readonly string[],
): Language {
  return (
    knownLanguage(asked) ??
    knownLanguage(stored) ??
    browser.map(knownLanguage).find((language) => language !== null) ??
    'en'
  );
}

/** This device's language; `?lang=` is remembered. */
export function deviceLanguage(): Language {
  const asked = new URLSearchParams(location.search).get('lang');
  const chosen = chooseLanguage(asked, read(), navigator.languages);
  if (knownLanguage(asked) !== null) rememberLanguage(chosen);
  return chosen;
}

export function rememberLanguage(language: Language): void {
  try {
    localStorage.setItem(KEY, language);
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
  }
}

function read(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
