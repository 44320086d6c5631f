import { useEffect, useState, type ReactElement } from 'react';
import { kitchenWords } from '../i18n/kitchen.ts';
import { uiWords } from '../i18n/ui.ts';
import { deviceWords } from '../i18n/device.ts';
import { SessionGate, useSessionView } from '../session/gate.tsx';
import { mount } from '../ui/mount.tsx';
import { createPlayer } from '../ui/player.ts';
import { deviceStore } from '../session/device.ts';
import { Kitchen } from './kitchen.tsx';
import './kitchen.css';

const player = createPlayer();

/** `/kitchen/{station}`; a paired screen knows its station without it. */
function stationInAddress(): string | undefined {
  const name = /^\/kitchen\/([^/]+)/.exec(location.pathname)?.[1];
  return name === undefined ? deviceStore.credential()?.station : decodeURIComponent(name);
}

function Page(): ReactElement | null {
  const { station, name } = useSessionView();
  // Where the browser lets a page sound without a tap, nobody is asked for one.
  const [gated, setGated] = useState<boolean | null>(null);
  useEffect(() => {
    void player.start().then((state) => setGated(state !== 'running'));
  }, []);
  if (station === undefined || gated === null) return null;
  return <Kitchen station={station} player={player} who={name ?? ''} gated={gated} />;
}

mount(
  [uiWords, deviceWords, kitchenWords],
  <SessionGate page="kitchen" station={stationInAddress()}>
    <Page />
  </SessionGate>,
);
