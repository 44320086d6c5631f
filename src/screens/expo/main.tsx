import { useEffect, useState, type ReactElement } from 'react';
import { expoWords } from '../i18n/expo.ts';
import { kitchenWords } from '../i18n/kitchen.ts';
import { platformWords } from '../i18n/platformWords.ts';
import { uiWords } from '../i18n/ui.ts';
import { deviceWords } from '../i18n/device.ts';
import '../kitchen/kitchen.css';
import { SessionGate, useSessionView } from '../session/gate.tsx';
import { mount } from '../ui/mount.tsx';
import { createPlayer } from '../ui/player.ts';
import { Expo } from './expo.tsx';
import './expo.css';

const player = createPlayer();

function Page(): ReactElement | null {
  const { name } = useSessionView();
  const [gated, setGated] = useState<boolean | null>(null);
  useEffect(() => {
    void player.start().then((state) => setGated(state !== 'running'));
  }, []);
  return gated === null ? null : <Expo player={player} who={name ?? ''} gated={gated} />;
}

mount(
  [uiWords, deviceWords, kitchenWords, expoWords, platformWords],
  <SessionGate page="expo">
    <Page />
  </SessionGate>,
);
