import { useEffect, useState, type ReactElement } from 'react';
import { deviceLanguage } from '../i18n/language.ts';
import { t } from '../i18n/words.tsx';
import { type PushCalls, type PushState, pushState, turnPushOff, turnPushOn } from '../shell/push.ts';
import { Button } from '../ui/button.tsx';
import { useAsk } from './calls.ts';

/** Whether this device is called when a ticket stays unheard for a minute; only what the browser really says. */
export function CallMe(): ReactElement | null {
  const ask = useAsk();
  const [state, setState] = useState<PushState | null>(null);
  const [failed, setFailed] = useState(false);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    void pushState().then(setState, () => setState('unsupported'));
  }, []);
  if (state === null) return null;

  const calls: PushCalls = {
    async key() {
      const reply = await ask('/push', (body) =>
        typeof body === 'object' && body !== null && 'publicKey' in body && typeof body.publicKey === 'string'
          ? body.publicKey
          : null,
      );
      if (!reply.ok) throw new Error(reply.why);
      return reply.body;
    },
    add: (subscription) => told('/push', { ...subscription, language: deviceLanguage() }),
    remove: (endpoint) => told('/push/remove', { endpoint }),
  };
  async function told(path: string, body: unknown): Promise<void> {
    const reply = await ask(path, () => true, body);
    if (!reply.ok) throw new Error(reply.why);
  }
  const turn = (change: (calls: PushCalls) => Promise<PushState>): void => {
    setBusy(true);
    setFailed(false);
    change(calls)
      .then(setState, () => setFailed(true))
      .finally(() => setBusy(false));
  };

  return (
    <section className="mg-card mg-call" aria-labelledby="call-me" data-testid="call-me" data-state={state}>
      <h3 id="call-me">{t('callMe.title')}</h3>
      <p role="status">{failed ? t('callMe.failed') : t(`callMe.${state}`)}</p>
      {(state === 'off' || state === 'on') && (
        <Button disabled={busy} onPress={() => turn(state === 'on' ? turnPushOff : turnPushOn)}>
          {t(state === 'on' ? 'callMe.turnOff' : 'callMe.turnOn')}
        </Button>
      )}
    </section>
  );
}
