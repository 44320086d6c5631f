/** @jsxImportSource preact */
import '@fontsource-variable/ibm-plex-sans/wdth.css';
import { render } from 'preact';
import { chooseLanguage, knownLanguage, type Language } from '../i18n/language.ts';
import { speak, t } from '../i18n/say.ts';
import { trackWords } from '../i18n/track.ts';
import { type Page, followOrder } from './guest.ts';
import { Track } from './Track.tsx';
import { nameOf, wayOf } from './tracking.ts';

/** The guest's page. It stands alone: no React, no service worker, nothing kept on the phone. */

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no #root.');

const dark = matchMedia('(prefers-color-scheme: dark)');
const paint = (): void => {
  document.documentElement.dataset['theme'] = dark.matches ? 'kitchen' : 'tablet';
};
dark.addEventListener('change', paint);
paint();

/** What the address asks for, else what the browser speaks; else, once it is known, what the house speaks. */
const asked = new URLSearchParams(location.search).get('lang');
const own = [asked, ...navigator.languages].map(knownLanguage).find((language) => language !== null) ?? null;
let spoken: Language | null = null;

async function say(language: Language): Promise<void> {
  if (spoken === language) return;
  spoken = language;
  // Away before the language came: English came with the page.
  await speak(language, [trackWords]).catch(() => speak('en', [trackWords]));
}

let shown: Page | null = null;
const draw = (): void => {
  if (shown === null || root === null) return;
  const { view } = shown;
  if (view !== null) document.title = t('track.title', { number: nameOf(view), step: titleOf(view) });
  render(<Track page={shown} />, root);
};

function titleOf(view: NonNullable<Page['view']>): string {
  if (view.cancelled !== undefined) return t('track.cancelled');
  const { step } = view;
  return step === 'ready' || step === 'handed_over'
    ? t(`track.step.${step}.${wayOf(view.type)}`)
    : t(`track.step.${step}`);
}

await say(own ?? 'en');
const [, link = ''] = /^\/track\/([^/]+)\/?$/.exec(location.pathname) ?? [];
followOrder({
  origin: location.origin,
  link,
  show(page) {
    shown = page;
    draw();
    const house = page.view?.location.language;
    if (own === null && house !== undefined) void say(chooseLanguage(house, null, [])).then(draw);
  },
});
