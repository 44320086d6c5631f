import { useEffect, useEffectEvent } from 'react';
import { directionOf } from '../i18n/language.ts';
import { currentLanguage } from '../i18n/words.tsx';
import { keyAct, type KeyAct } from './keys.ts';

/** Listens to the keyboard while the board itself has it: not behind a sheet, not in a field. */
export function useKeys(listening: boolean, act: (asked: KeyAct) => void): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.target instanceof HTMLInputElement) return;
    const asked = keyAct(event, directionOf(currentLanguage()) === 'rtl');
    // A focused button keeps its own Enter.
    if (asked === null || (asked.act === 'bump' && event.target instanceof HTMLButtonElement)) return;
    event.preventDefault();
    act(asked);
  });
  useEffect(() => {
    if (!listening) return;
    const listener = (event: KeyboardEvent): void => onKey(event);
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  }, [listening]);
}
