import type { ReactElement } from 'react';
import { mayRead } from '../../domain/rights.ts';
import { floorWords } from '../i18n/floor.ts';
import { platformWords } from '../i18n/platformWords.ts';
import { posWords } from '../i18n/pos.ts';
import { uiWords } from '../i18n/ui.ts';
import { deviceWords } from '../i18n/device.ts';
import { ActsProvider } from '../pos/acts.tsx';
import { DeskProvider } from '../pos/desk.tsx';
import { SessionGate, useSessionView } from '../session/gate.tsx';
import { SignIn } from '../session/signIn.tsx';
import { mount } from '../ui/mount.tsx';
import { HeldTaps } from '../ui/tapsChip.tsx';
import { Floor } from './Floor.tsx';
import '../pos/pos.css';
import './floor.css';

mount(
  [uiWords, deviceWords, posWords, floorWords, platformWords],
  <SessionGate page="floor">
    <Signed />
  </SessionGate>,
);

function Signed(): ReactElement {
  const { role } = useSessionView();
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
      <SignIn />
      <HeldTaps />
    </main>
  );
}
