import { Fragment, useEffect, useState, type ReactElement, type ReactNode } from 'react';
import { deviceLanguage, rememberLanguage, type Language } from './language.ts';
import { partsOf, speak, type Area, type MessageKey, type Values } from './say.ts';

export { currentLanguage, speak, t, type Area, type MessageKey } from './say.ts';

/** The words of the React pages: what is said in `say.ts`, drawn. */

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
  return (
    <>
      {partsOf(id, values).map(({ tag, text }, index) => {
        const draw = tag === null ? undefined : tags[tag];
        return (
          <Fragment key={index}>
            {draw ? draw(text) : tag === null ? text : `<${tag}>${text}</${tag}>`}
          </Fragment>
        );
      })}
    </>
  );
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
