import { useEffect, useState, type ReactElement } from 'react';
import { useConnection, useHeard, useRepaired } from '../../sdk/react/hooks.ts';
import type { Repair } from '../../sdk/shapes.ts';
import { t } from '../i18n/words.tsx';
import { Button } from './button.tsx';
import { AlertIcon, CheckIcon, RefreshIcon } from './icons.tsx';
import { Num } from './marks.tsx';
import { exactText } from './time.ts';

/** The line must stand for so long before it is believed to be back. */
const STANDS_MS = 700;
const SAID_MS = 2_000;

/** A new connection and the whole board anew, whatever this screen believes: for whoever does not trust what it shows. */
export function RefreshNow({
  className = '',
  word: named = false,
}: {
  className?: string;
  /** With its word, where there is room. */
  word?: boolean;
}): ReactElement {
  const heard = useHeard();
  const { word } = useConnection();
  const [step, setStep] = useState<'idle' | 'asked' | 'done'>('idle');
  const stands = word === 'live' || word === 'polling';
  useEffect(() => {
    if (step === 'idle' || (step === 'asked' && !stands)) return;
    const timer = setTimeout(
      () => setStep(step === 'asked' ? 'done' : 'idle'),
      step === 'asked' ? STANDS_MS : SAID_MS,
    );
    return () => clearTimeout(timer);
  }, [step, stands]);
  return (
    <Button
      className={`refresh ${step === 'asked' ? 'refreshing' : ''} ${className}`}
      label={t(step === 'asked' ? 'line.refreshing' : step === 'done' ? 'line.refreshed' : 'line.refreshNow')}
      testId="refresh-now"
      onPress={() => {
        setStep('asked');
        heard.refresh();
      }}
    >
      {step === 'done' ? <CheckIcon /> : <RefreshIcon />}
      {named && <span className="kb-word">{t('line.refresh')}</span>}
    </Button>
  );
}

const SHOWN_MS = 30_000;

/** The board was not what the server has, and was replaced: said in the bar for a while, and the edge flashes once. */
export function RepairNote({ zone }: { zone?: string }): ReactElement | null {
  const [repair, setRepair] = useState<Repair | null>(null);
  useRepaired(setRepair);
  useEffect(() => {
    if (repair === null) return;
    const timer = setTimeout(() => setRepair(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [repair]);
  if (repair === null) return null;
  const wrong = repair.missing.length + repair.extra.length;
  return (
    <>
      <span className="conn conn-repaired" role="alert" data-testid="repaired" data-cause={repair.cause}>
        <AlertIcon />
        <span className="chip-words">
          {wrong === 0 ? t('line.repaired') : t('line.repairedThings', { count: wrong })}
        </span>
        <small>
          <Num>{exactText(repair.at, zone)}</Num>
        </small>
      </span>
      <div className="repair-flash" key={repair.at} data-testid="repair-flash" aria-hidden="true" />
    </>
  );
}
