import { useCallback, useEffect, useState, type ReactElement } from 'react';
import { t } from '../i18n/words.tsx';
import { Keypad } from '../ui/keypad.tsx';
import type { PinAnswer } from './session.ts';

/**
 * A PIN on a shared screen: dots, never digits. `check` signs in or approves; its refusals are said here.
 * PINs have 4 digits or more, so there is a done key and no guessing of the length.
 */
export function PinPad({
  title,
  check,
}: {
  title: string;
  check: (pin: string) => Promise<{ ok: true } | Extract<PinAnswer, { ok: false }>>;
}): ReactElement {
  const [pin, setPin] = useState('');
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState('');
  const [waitUntil, setWaitUntil] = useState(0);
  const [now, setNow] = useState(() => Date.now());
  const waiting = Math.ceil((waitUntil - now) / 1000);

  useEffect(() => {
    if (waitUntil <= Date.now()) return;
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [waitUntil, waiting]);

  const blocked = busy || waiting > 0;
  const done = useCallback(() => {
    if (pin.length < 4 || blocked) return;
    setBusy(true);
    void check(pin).then((answer) => {
      setBusy(false);
      setPin('');
      if (answer.ok) return;
      setSaid(answer.why === 'offline' ? t('pin.offline') : answer.why === 'wrong' ? t('pin.wrong') : '');
      if (answer.why === 'wait') {
        setNow(Date.now());
        setWaitUntil(Date.now() + answer.seconds * 1000);
      }
    });
  }, [pin, blocked, check]);
  const digit = useCallback((one: string) => {
    setSaid('');
    setPin((before) => (before.length < 12 ? before + one : before));
  }, []);

  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (blocked) return;
      if (/^\d$/.test(event.key)) digit(event.key);
      else if (event.key === 'Backspace') setPin((before) => before.slice(0, -1));
      else if (event.key === 'Enter') done();
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [blocked, digit, done]);

  return (
    <div className="flex flex-col items-center gap-4" data-testid="pin">
      <h2 className="text-xl font-bold">{title}</h2>
      <p className="text-md text-text-2">{t('pin.ask')}</p>
      <div className="pin-dots" role="img" aria-label={t('pin.entered', { count: pin.length })}>
        {Array.from({ length: Math.max(4, pin.length) }, (_, index) => (
          <i key={index} data-on={index < pin.length} />
        ))}
      </div>
      <p className="text-md text-late-text min-h-6" role="alert">
        {waiting > 0 ? t('pin.wait', { seconds: waiting }) : said}
      </p>
      <Keypad
        disabled={blocked}
        onDigit={digit}
        onDelete={() => setPin((before) => before.slice(0, -1))}
        onDone={done}
      />
    </div>
  );
}
