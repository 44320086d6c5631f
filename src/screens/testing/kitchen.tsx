import { NOW, ago, station, ticket } from '../../testkit/entities.ts';
import { fakeHeard, type FakeHeard } from '../../testkit/fakeHeard.ts';
import { HeardProvider } from '../../sdk/react/hooks.ts';
import { kitchenWords } from '../i18n/kitchen.ts';
import { uiWords } from '../i18n/ui.ts';
import { Kitchen } from '../kitchen/kitchen.tsx';
import '../kitchen/kitchen.css';
import { mount } from '../ui/mount.tsx';
import { createPlayer } from '../ui/player.ts';
import {
  bumped,
  busy,
  fortyLines,
  grill,
  held,
  inArabic,
  normalService,
  rushed,
  troubled,
  twoLines,
} from './kitchenScenes.ts';

/** One board without a server, chosen by `?scene=`; `window.fake` lets a test act on it. */

declare global {
  interface Window {
    fake: FakeHeard;
    /** A ticket comes in while somebody looks. */
    putNew(): void;
  }
}

const scene = new URLSearchParams(location.search).get('scene') ?? 'normal';
const fake = fakeHeard();
window.fake = fake;
window.putNew = () => fake.put(topic, [grill, ...bumped(), ticket({ table: 'T1', firedAt: ago('0:00') })]);
const topic = 'station:grill';

switch (scene) {
  case 'normal':
    fake.put(topic, [grill, ...rushed(), held(), ...bumped()]);
    break;
  case 'arabic':
    fake.put(topic, [
      { ...station('grill', { name: 'الشواية' }), location: { ...grill.location, name: 'مقهى براسا' } },
      ...inArabic(rushed()),
    ]);
    break;
  case 'forty':
    fake.put(topic, [grill, ...fortyLines()]);
    break;
  case 'trouble':
    fake.put(topic, [grill, ...troubled(), ...bumped()]);
    break;
  case 'two':
    fake.put(topic, [grill, ...twoLines()]);
    break;
  case 'busy':
    fake.put(topic, [grill, ...busy(Number(new URLSearchParams(location.search).get('n') ?? 40))]);
    break;
  case 'empty':
    fake.put(topic, [grill, ...bumped()]);
    break;
  case 'unproven':
    fake.put(topic, [grill], { state: 'stale', freshness: NOW - 14_000 });
    fake.line({ word: 'connecting', lastProofAt: NOW - 14_000 });
    break;
  case 'loading':
    break;
  case 'offline': {
    const tickets = normalService();
    const late = tickets[1]!;
    fake.put(
      topic,
      [
        grill,
        ...tickets.map((one) =>
          one === late
            ? {
                ...late,
                status: 'ready' as const,
                lines: late.lines.map((each) => ({ ...each, status: 'ready' as const, readyQty: 1 })),
              }
            : one,
        ),
      ],
      { state: 'stale', freshness: NOW - 109_000 },
    );
    fake.line({ word: 'offline', lastProofAt: NOW - 109_000, since: NOW - 109_000, nextTryAt: NOW + 4000 });
    fake.pend([{ name: 'ticket.bump', input: { ticket: late.id } }]);
    break;
  }
  case 'voided':
    fake.put(topic, [
      grill,
      ...normalService()
        .slice(0, 2)
        .map((one, index) =>
          index === 1
            ? {
                ...one,
                status: 'voided' as const,
                ackRequired: true,
                lines: one.lines.map((each) => ({
                  ...each,
                  status: 'voided' as const,
                  changed: { from: 1, to: 0, fields: ['void' as const] },
                })),
              }
            : { ...one, firedAt: ago('1:00:05') },
        ),
    ]);
    break;
}

const player = createPlayer();
void player.start();
mount(
  [uiWords, kitchenWords],
  <HeardProvider heard={fake}>
    <Kitchen
      station="grill"
      player={player}
      who="Rosa"
      gated={new URLSearchParams(location.search).has('gate')}
    />
  </HeardProvider>,
);
