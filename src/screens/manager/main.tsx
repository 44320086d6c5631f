import type { ReactElement } from 'react';
import { mayRead } from '../../domain/rights.ts';
import { managerWords } from '../i18n/managerWords.ts';
import { posWords } from '../i18n/pos.ts';
import { uiWords } from '../i18n/ui.ts';
import { t } from '../i18n/words.tsx';
import { SessionGate, useSessionView } from '../session/gate.tsx';
import { SignIn } from '../session/signIn.tsx';
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
  if (mayRead(role, 'manager')) return <Manager />;
  return (
    <main className="stage">
      {person !== null && (
        <p className="text-lg text-late-text" role="alert">
          {t('manager.wrongRole')}
        </p>
      )}
      <SignIn />
    </main>
  );
}
