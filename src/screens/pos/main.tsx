import type { ReactElement } from 'react';
import { mayRead } from '../../domain/rights.ts';
import { useHeard } from '../../sdk/react/hooks.ts';
import { posWords } from '../i18n/pos.ts';
import { uiWords } from '../i18n/ui.ts';
import { deviceWords } from '../i18n/device.ts';
import { t } from '../i18n/words.tsx';
import { SessionGate, useSession, useSessionView } from '../session/gate.tsx';
import { PinPad } from '../session/pin.tsx';
import { mount } from '../ui/mount.tsx';
import { HeldTaps } from '../ui/tapsChip.tsx';
import { Pos } from './Pos.tsx';
import { ActsProvider } from './acts.tsx';
import { DeskProvider } from './desk.tsx';
import './pos.css';

mount(
  [uiWords, deviceWords, posWords],
  <SessionGate page="pos">
    <Signed />
  </SessionGate>,
);

/** A shared tablet shows nothing of a location before a person with the right to it has signed in. */
function Signed(): ReactElement {
  const { role } = useSessionView();
  const session = useSession();
  const heard = useHeard();
  if (mayRead(role, 'pos')) {
    return (
      <DeskProvider topic="pos">
        <ActsProvider>
          <Pos />
        </ActsProvider>
      </DeskProvider>
    );
  }
  return (
    <main className="stage">
      <PinPad
        title={t('pin.title')}
        check={async (pin) => {
          const answer = await session.signIn(pin);
          if (answer.ok) await heard.renew();
          return answer.ok ? { ok: true } : answer;
        }}
      />
      <HeldTaps />
    </main>
  );
}
