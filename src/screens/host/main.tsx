import type { ReactElement } from 'react';
import { mayRead } from '../../domain/rights.ts';
import { callsWords } from '../i18n/calls.ts';
import { deviceWords } from '../i18n/device.ts';
import { hostWords } from '../i18n/host.ts';
import { posWords } from '../i18n/pos.ts';
import { uiWords } from '../i18n/ui.ts';
import { SessionGate, useSessionView } from '../session/gate.tsx';
import { SignIn } from '../session/signIn.tsx';
import { mount } from '../ui/mount.tsx';
import { HeldTaps } from '../ui/tapsChip.tsx';
import { Host } from './Host.tsx';
import { StandProvider } from './desk.tsx';
import './host.css';

mount(
  [uiWords, deviceWords, posWords, hostWords, callsWords],
  <SessionGate page="host">
    <Signed />
  </SessionGate>,
);

function Signed(): ReactElement {
  const { role } = useSessionView();
  if (mayRead(role, 'host')) {
    return (
      <StandProvider>
        <Host />
      </StandProvider>
    );
  }
  return (
    <main className="stage">
      <SignIn />
      <HeldTaps />
    </main>
  );
}
