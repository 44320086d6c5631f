import type { ReactElement } from 'react';
import { mayRead } from '../../domain/rights.ts';
import { useHeard } from '../../sdk/react/hooks.ts';
import { floorWords } from '../i18n/floor.ts';
import { posWords } from '../i18n/pos.ts';
import { uiWords } from '../i18n/ui.ts';
import { deviceWords } from '../i18n/device.ts';
import { t } from '../i18n/words.tsx';
import { ActsProvider } from '../pos/acts.tsx';
import { DeskProvider } from '../pos/desk.tsx';
import { SessionGate, useSession, useSessionView } from '../session/gate.tsx';
import { PinPad } from '../session/pin.tsx';
import { mount } from '../ui/mount.tsx';
import { HeldTaps } from '../ui/tapsChip.tsx';
import { Floor } from './Floor.tsx';
import '../pos/pos.css';
import './floor.css';

mount(
  [uiWords, deviceWords, posWords, floorWords],
  <SessionGate page="floor">
    <Signed />
  </SessionGate>,
);

function Signed(): ReactElement {
  const { role } = useSessionView();
  const session = useSession();
  const heard = useHeard();
  if (mayRead(role, 'floor')) {
    return (
      <DeskProvider topic="floor">
        <ActsProvider>
          <Floor />
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
