import { useEffect, useState, type ReactElement } from 'react';
import { useOutbox } from '../../sdk/react/hooks.ts';
import { t } from '../i18n/words.tsx';
import { deviceStore } from '../session/device.ts';
import { askToStay, isPromised, lacksOf, useAwakeGranted } from './abilities.ts';
import { Num } from './marks.tsx';
import { usePress } from './press.ts';
import { Sheet } from './sheet.tsx';

/** One honest chip for what this device cannot do; behind it what is done instead, and the way to more. */
export function AbilityChip({ lit = false }: { lit?: boolean }): ReactElement | null {
  const { durable } = useOutbox();
  const awake = useAwakeGranted();
  const [open, setOpen] = useState(false);
  const press = usePress(() => setOpen(true));
  useEffect(() => {
    if (deviceStore.credential() !== null) void askToStay();
  }, []);
  const lacks = lacksOf(window, { kept: durable, awake, persisted: isPromised() });
  // Only a board that must stay lit cares whether it may sleep.
  const felt = lacks.filter(({ ability, chip }) => chip !== null && (lit || ability !== 'awake'));
  const [worst] = felt;
  if (worst === undefined || worst.chip === null) return null;
  return (
    <>
      <button
        type="button"
        className="conn conn-polling pressable"
        data-testid="abilities"
        data-lacks={felt.map(({ ability }) => ability).join(' ')}
        {...press}
      >
        {t(worst.chip)}
        {felt.length > 1 && (
          <small>
            <Num>{t('able.more', { count: felt.length - 1 })}</Num>
          </small>
        )}
      </button>
      {open && (
        <Sheet title={t('able.title')} onClose={() => setOpen(false)}>
          <div className="flex flex-col gap-4" data-testid="abilities-sheet">
            <p className="text-text-2">
              {window.isSecureContext ? t('able.why.browser') : t('able.why.plain')}
            </p>
            <ul className="flex flex-col gap-3">
              {lacks.map(({ ability, chip, say }) => (
                <li key={ability} data-lack={ability}>
                  {chip !== null && <b>{t(chip)}. </b>}
                  {t(say)}
                </li>
              ))}
            </ul>
            {!window.isSecureContext && (
              <a className="btn btn-main" href="/setup/trust" data-testid="to-trust">
                {t('able.trust')}
              </a>
            )}
          </div>
        </Sheet>
      )}
    </>
  );
}
