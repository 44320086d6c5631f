import { t } from '../i18n/say.ts';

/** `8 s ago`, `3 min ago`; never negative, whatever the clocks say. */
export function ageText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return seconds < 60
    ? t('track.age', { seconds })
    : t('track.ageMinutes', { minutes: Math.floor(seconds / 60) });
}
