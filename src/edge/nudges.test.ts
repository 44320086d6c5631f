import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Down, Live } from '../protocol/down.ts';
import { safePlace } from '../testkit/kitchen.ts';
import { useStreamHouse } from './testing/streamHouse.ts';

const at = useStreamHouse();

/** A ticket at the grill that nobody heard climbs a rung. */
function climb(rung: 1 | 2, ticket: string): void {
  at.house.kitchen.inner('ticket.escalate', {
    ticket,
    episode: 1,
    rung,
    ...(rung === 2 && { deaf: true, to: 'fryer' }),
  });
  at.house.tell();
}

function paint(reader: Awaited<ReturnType<typeof at.join>>, topic: string): void {
  const { cursor } = reader.replica(topic);
  reader.say({ t: 'ack', topic, cursor, painted: true, visible: true, audio: 'running' });
}

const isNudge = (frame: Down): frame is Live => frame.t === 'live' && frame.kind === 'nudge';

describe('a ticket that nobody heard, on the screens that have it', () => {
  test('[UL21] the first rung asks its screens live to paint and say it again; whoever comes later is asked too', async () => {
    const reader = await at.join(['station:grill']);
    const other = await at.join(['station:drinks']);
    const ticket = at.place();
    await expect.poll(() => reader.replica('station:grill').pos).toBe(at.house.kitchen.state.head);
    climb(1, ticket);
    expect(await reader.get(isNudge)).toMatchObject({
      topic: 'station:grill',
      id: ticket,
      data: { episode: 1 },
    });
    const late = await at.join(['station:grill']);
    expect(await late.get(isNudge)).toMatchObject({ id: ticket });
    await expect.poll(() => reader.replica('station:grill').pos).toBe(at.house.kitchen.state.head);
    paint(reader, 'station:grill');
    await expect.poll(() => at.house.heard.length).toBe(1);
    expect(other.frames.filter(isNudge)).toEqual([]);
    const quiet = await at.join(['station:grill']);
    await sleep(100);
    expect(quiet.frames.filter(isNudge)).toEqual([]);
  });

  test('[UL22] painted on the backup’s board it is heard, and its screen is counted', async () => {
    at.house.kitchen.do('location.configure', { config: safePlace });
    at.house.tell();
    const waiter = await at.join(['pos'], { role: 'waiter', sub: 'staff:maya' });
    const reader = await at.join(['station:fryer'], { dev: 'd1', st: ['fryer'] });
    const ticket = at.place();
    climb(2, ticket);
    await expect
      .poll(() => reader.replica('station:fryer').entities.get(`ticket|${ticket}`))
      .toMatchObject({ backup: 'grill', station: 'grill' });
    paint(reader, 'station:fryer');
    await expect
      .poll(() => at.house.kitchen.log.at(-1))
      .toMatchObject({
        type: 'ticket.heard',
        data: { ticket, screen: 'd1' },
      });
    await expect.poll(() => reader.replica('station:fryer').pos).toBe(at.house.kitchen.state.head);
    paint(reader, 'station:fryer');
    expect(
      await waiter.get(
        (frame): frame is Live =>
          frame.t === 'live' && frame.id === ticket && JSON.stringify(frame.data).includes('"screens":1'),
      ),
    ).toMatchObject({ data: { station: 'grill', sent: 1, screens: 1 } });
  });
});
