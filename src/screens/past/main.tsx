import { useEffect, useState, type ReactElement } from 'react';
import { HeardProvider } from '../../sdk/react/hooks.ts';
import { Expo } from '../expo/expo.tsx';
import { deviceWords } from '../i18n/device.ts';
import { expoWords } from '../i18n/expo.ts';
import { kitchenWords } from '../i18n/kitchen.ts';
import { uiWords } from '../i18n/ui.ts';
import { Kitchen } from '../kitchen/kitchen.tsx';
import { mount } from '../ui/mount.tsx';
import { type Moment, type Pointed, isMoment } from './moment.ts';
import { SILENT, pastHeard } from './pastHeard.ts';
import '../kitchen/kitchen.css';
import '../expo/expo.css';
import './past.css';

/** The board inside the black box: a station or the pass as it was, with its clock at that time; to look at, not to touch. */

function Box(): ReactElement | null {
  const [moment, setMoment] = useState<Moment | null>(null);
  useEffect(() => {
    const take = ({ origin, source, data }: MessageEvent): void => {
      if (origin === location.origin && source === window.parent && isMoment(data)) setMoment(data);
    };
    window.addEventListener('message', take);
    tell({ heard: 'ready' });
    return () => window.removeEventListener('message', take);
  }, []);
  if (moment === null) return null;
  const station = /^station:(.+)$/.exec(moment.topic)?.[1];
  return (
    <HeardProvider heard={pastHeard(moment)}>
      {station === undefined ? (
        <Expo player={SILENT} who="" gated={false} />
      ) : (
        <Kitchen key={station} station={station} player={SILENT} who="" gated={false} />
      )}
    </HeardProvider>
  );
}

function tell(what: Pointed): void {
  window.parent.postMessage(what, location.origin);
}

/** The board is inert, so a tap lands beside it: the card under the finger is found by where it stands. */
function cardAt(x: number, y: number): string | null {
  for (const card of document.querySelectorAll<HTMLElement>('article[data-card]')) {
    const { left, right, top, bottom } = card.getBoundingClientRect();
    if (x >= left && x <= right && y >= top && y <= bottom) return card.dataset['card'] ?? null;
  }
  return null;
}

document.addEventListener('click', ({ clientX, clientY }) => {
  const card = cardAt(clientX, clientY);
  if (card !== null) tell({ heard: 'pointed', card });
});

mount([uiWords, deviceWords, kitchenWords, expoWords], <Box />);
const root = document.getElementById('root');
if (root !== null) root.inert = true;
