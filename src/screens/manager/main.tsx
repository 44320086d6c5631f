import type { ReactElement } from 'react';
import { mayRead } from '../../domain/rights.ts';
import { useHeard } from '../../sdk/react/hooks.ts';
import { managerWords } from '../i18n/managerWords.ts';
import { posWords } from '../i18n/pos.ts';
import { uiWords } from '../i18n/ui.ts';
import { t } from '../i18n/words.tsx';
import { SessionGate, useSession, useSessionView } from '../session/gate.tsx';
import { PinPad } from '../session/pin.tsx';
import { mount } from '../ui/mount.tsx';
import { Manager } from './Manager.tsx';
import './manager.css';

mount(
  [uiWords, posWords, managerWords],
  <SessionGate page="manager">
    <Signed />
  </SessionGate>,
);

function Signed(): ReactElement {
  const { role, person } = useSessionView();
  const session = useSession();
  const heard = useHeard();
  if (mayRead(role, 'manager')) return <Manager />;
  return (
    <main className="stage">
      {person !== null && (
        <p className="text-lg text-late-text" role="alert">
          {t('manager.wrongRole')}
        </p>
      )}
      <PinPad
        title={t('pin.title')}
        check={async (pin) => {
          const answer = await session.signIn(pin);
          if (answer.ok) await heard.renew();
          return answer.ok ? { ok: true } : answer;
        }}
      />
    </main>
  );
}
