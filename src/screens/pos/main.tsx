import type { ReactElement } from 'react';
import { mayRead } from '../../domain/rights.ts';
import { platformWords } from '../i18n/platformWords.ts';
import { posWords } from '../i18n/pos.ts';
import { uiWords } from '../i18n/ui.ts';
import { deviceWords } from '../i18n/device.ts';
import { SessionGate, useSessionView } from '../session/gate.tsx';
import { SignIn } from '../session/signIn.tsx';
import { mount } from '../ui/mount.tsx';
import { HeldTaps } from '../ui/tapsChip.tsx';
import { Pos } from './Pos.tsx';
import { ActsProvider } from './acts.tsx';
import { DeskProvider } from './desk.tsx';
import './pos.css';

mount(
  [uiWords, deviceWords, posWords, platformWords],
  <SessionGate page="pos">
    <Signed />
  </SessionGate>,
);

/** A shared tablet shows nothing of a location before a person with the right to it has signed in. */
function Signed(): ReactElement {
  const { role } = useSessionView();
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
      <SignIn />
      <HeldTaps />
    </main>
  );
}
