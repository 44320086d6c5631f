import { useCallback, useEffect, useState, type ReactElement } from 'react';
import { t } from '../i18n/words.tsx';
import { accountCalls } from '../session/calls.ts';
import { deviceStore, type Credential } from '../session/device.ts';
import { Pairing } from '../session/pairing.tsx';
import { Button } from '../ui/button.tsx';
import { ReceiptMark } from '../ui/marks.tsx';
import { Desk } from './desk.tsx';
import { LoginForm } from './login.tsx';
import { keptMember, type Manager } from './session.ts';

type Step =
  | { kind: 'opening' }
  | { kind: 'start' }
  | { kind: 'pair' }
  | { kind: 'manager'; manager: Manager };

/** Two ways in: this device is a screen that wants to be paired, or somebody who sets the house up. */
export function Setup(): ReactElement {
  const [step, setStep] = useState<Step>(() =>
    new URLSearchParams(location.search).has('pair') ? { kind: 'pair' } : { kind: 'opening' },
  );
  const [demo, setDemo] = useState(false);
  useEffect(() => {
    let over = false;
    void Promise.all([keptMember(), accountCalls.demo({ page: 'setup' })]).then(([manager, reply]) => {
      if (over) return;
      setDemo(reply !== 'unreachable' && !reply.refused);
      setStep((before) => {
        if (before.kind !== 'opening') return before;
        return manager === null ? { kind: 'start' } : { kind: 'manager', manager };
      });
    });
    return () => {
      over = true;
    };
  }, []);
  const onPaired = useCallback((credential: Credential) => window.location.assign(pageOf(credential)), []);
  if (step.kind === 'pair')
    return (
      <div className="setup-pair">
        <Pairing why="new" onPaired={onPaired} />
        <Button className="setup-back" onPress={() => setStep({ kind: 'start' })}>
          {t('act.back')}
        </Button>
      </div>
    );
  if (step.kind === 'manager') {
    const { manager } = step;
    return (
      <Desk
        manager={manager}
        onSignOut={() => {
          manager.leave();
          setStep({ kind: 'start' });
        }}
      />
    );
  }
  return (
    <div className="setup">
      <header>
        <h1>
          <ReceiptMark receipt="heard" />
          {t('setup.title')}
        </h1>
      </header>
      {step.kind === 'opening' && <p role="status">{t('session.opening')}</p>}
      {step.kind === 'start' && (
        <main className="setup-panes">
          <section>
            <h2>{t('setup.screenTitle')}</h2>
            <p>{t('setup.screenSay')}</p>
            {deviceStore.credential() !== null && (
              <p className="text-soon-text">{t('setup.alreadyPaired')}</p>
            )}
            <Button look="main" onPress={() => setStep({ kind: 'pair' })} testId="pair-this">
              {t('setup.pairThis')}
            </Button>
          </section>
          <LoginForm demo={demo} onSignedIn={(manager) => setStep({ kind: 'manager', manager })} />
        </main>
      )}
    </div>
  );
}

/** Where a screen goes once it is paired. */
export function pageOf(credential: Pick<Credential, 'page' | 'station'>): string {
  return credential.page === 'kitchen' && credential.station !== undefined
    ? `/kitchen/${encodeURIComponent(credential.station)}`
    : `/${credential.page}`;
}
