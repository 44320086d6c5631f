import { expect, test } from 'vitest';
import { eventStreamCarrier } from '../sdk/eventStream.ts';
import type { Link } from '../sdk/carrier.ts';
import type { Down } from '../protocol/down.ts';
import { token, useStreamHouse } from './testing/streamHouse.ts';

const at = useStreamHouse();

test('[F80] a screen of ours on an event stream says with each pong what it shows, and stays there', async () => {
  await at.open({ limits: { pingMs: 300 } });
  const topic = 'station:grill';
  const frames: Down[] = [];
  const carrier = eventStreamCarrier({
    place: `${at.http}/v1/locations/small-place`,
    health: `${at.http}/healthz`,
    fetch,
    now: () => Date.now(),
  });
  const link: Link = carrier.open(
    {
      token: await token(),
      client: { id: 'tab-1' },
      subs: [{ topic, after: null, pos: -1 }],
    },
    {
      opened: () => undefined,
      frame: (frame) => {
        frames.push(frame);
        if (frame.t === 'ping') link.say({ t: 'pong', n: frame.n });
        if (frame.t === 'snap')
          link.say({ t: 'ack', topic, cursor: frame.cursor, painted: true, visible: true, audio: 'none' });
      },
      gone: () => undefined,
    },
  );
  const seen = (): number => at.house.feed.watchers('small-place')[0]?.lastSeen ?? 0;
  await expect.poll(() => frames.some(({ t }) => t === 'snap')).toBe(true);
  const times = new Set<number>();
  await expect
    .poll(
      () => {
        times.add(seen());
        return times.size;
      },
      { timeout: 8_000 },
    )
    .toBeGreaterThan(3);
  link.close(1000);
});
