import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { NewClaims } from '../accounts/tokens.ts';
import type { Down, Live, Snap } from '../protocol/down.ts';
import { useStreamHouse } from './testing/streamHouse.ts';

const at = useStreamHouse();
const isSnap = (frame: Down): frame is Snap => frame.t === 'snap';
const isLive = (frame: Down): frame is Live => frame.t === 'live';

describe('receipts', () => {
  async function ackedBy(
    claims: Partial<NewClaims>,
    more: Record<string, unknown> = {},
    topic = 'station:grill',
  ): Promise<string[]> {
    const reader = await at.join([topic], claims);
    const ticket = at.place();
    await expect.poll(() => reader.replica(topic).pos).toBe(at.house.kitchen.state.head);
    reader.say({
      t: 'ack',
      topic,
      cursor: reader.replica(topic).cursor,
      painted: true,
      visible: true,
      audio: 'running',
      ...more,
    });
    await sleep(450);
    expect(reader.closed).toBeNull();
    const other = at.house.heard.filter(
      ({ command }) => command.name !== 'ticket.hear' || command.input.ticket !== ticket,
    );
    expect(other).toEqual([]);
    return at.house.heard.map(({ actor }) => actor.id);
  }

  test('[F39] a ticket is heard when a kitchen screen painted it in front of somebody, once', async () => {
    expect(await ackedBy({})).toEqual(['cli:kitchen']);
    expect(at.house.kitchen.log.at(-1)).toMatchObject({ type: 'ticket.heard', data: { screen: 'grill-1' } });
    const [again] = at.readers.slice(-1);
    again?.say({
      t: 'ack',
      topic: 'station:grill',
      cursor: again.replica('station:grill').cursor,
      painted: true,
      visible: true,
    });
    await sleep(400);
    expect(at.house.heard).toHaveLength(1);
  });

  test.each<[string, Partial<NewClaims>, Record<string, unknown>, string, number]>([
    ['the pass, on the station', { role: 'expo' }, {}, 'station:grill', 1],
    ['a manager', { role: 'manager' }, {}, 'station:grill', 0],
    ['an owner', { role: 'owner' }, {}, 'station:grill', 0],
    ['the kitchen, on the topic of all stations', {}, {}, 'kitchen', 0],
    ['a display', { role: 'display' }, {}, 'kitchen', 0],
    ['a waiter', { role: 'waiter' }, {}, 'kitchen', 0],
    ['what is not painted', {}, { painted: false }, 'station:grill', 0],
    ['what is not visible', {}, { visible: false }, 'station:grill', 0],
    ['a paired screen of that station', { dev: 'd1', st: ['grill'] }, {}, 'station:grill', 1],
    ['a paired screen of another station', { dev: 'd1', st: ['drinks'] }, {}, 'station:grill', 0],
    ['a paired screen of no station', { dev: 'd1' }, {}, 'station:grill', 0],
  ])('[F40] counts or not: %s', async (_name, claims, more, topic, times) => {
    expect(await ackedBy(claims, more, topic)).toHaveLength(times);
  });

  test('[F41] tickets behind "+n more" count while audio runs or the edge flashed, else not', async () => {
    const reader = await at.join(['station:grill']);
    const [first, second] = [at.place(), at.place()];
    await expect.poll(() => reader.replica('station:grill').pos).toBe(at.house.kitchen.state.head);
    const said = {
      t: 'ack',
      topic: 'station:grill',
      cursor: reader.replica('station:grill').cursor,
      painted: true,
      visible: true,
      behind: [second],
    };
    reader.say({ ...said, audio: 'suspended' });
    await sleep(400);
    expect(
      at.house.heard.map(({ command }) => command.name === 'ticket.hear' && command.input.ticket),
    ).toEqual([first]);
    reader.say({ ...said, audio: 'flashed' });
    await sleep(400);
    expect(
      at.house.heard.map(({ command }) => command.name === 'ticket.hear' && command.input.ticket),
    ).toEqual([first, second]);
  });

  test('[F42] an ack counts for what stood there at its cursor, not for what came after it', async () => {
    const reader = await at.join(['station:grill']);
    const first = at.place();
    await expect.poll(() => reader.replica('station:grill').pos).toBe(at.house.kitchen.state.head);
    const { cursor } = reader.replica('station:grill');
    at.place();
    reader.say({ t: 'ack', topic: 'station:grill', cursor, painted: true, visible: true });
    await sleep(400);
    expect(
      at.house.heard.map(({ command }) => command.name === 'ticket.hear' && command.input.ticket),
    ).toEqual([first]);
  });

  test('[F43] a recall is a new episode: it is heard again', async () => {
    await ackedBy({});
    const [reader] = at.readers.slice(-1);
    const ticket = at.house.kitchen.ticket(1, 'grill');
    at.house.kitchen.do('ticket.bump', { ticket });
    at.house.kitchen.do('ticket.recall', { ticket });
    at.house.tell();
    await expect.poll(() => reader?.replica('station:grill').pos).toBe(at.house.kitchen.state.head);
    reader?.say({
      t: 'ack',
      topic: 'station:grill',
      cursor: reader.replica('station:grill').cursor,
      painted: true,
      visible: true,
    });
    await expect.poll(() => at.house.heard.length).toBe(2);
    expect(new Set(at.house.heard.map(({ command }) => command.id)).size).toBe(2);
  });

  test('[F44] the waiter is told live how many screens were sent the ticket and how many painted it', async () => {
    const waiter = await at.join(['pos'], { role: 'waiter', sub: 'staff:maya' });
    const [one, two] = [await at.join(['station:grill']), await at.join(['station:grill'])];
    await two.get(isSnap);
    const ticket = at.place();
    const sent = await waiter.get(
      (frame): frame is Live =>
        isLive(frame) && frame.id === ticket && JSON.stringify(frame.data).includes('"sent":2'),
    );
    expect(sent).toMatchObject({
      topic: 'pos',
      kind: 'ticket',
      data: { station: 'grill', sent: 2, screens: 0 },
    });
    await expect.poll(() => one.replica('station:grill').pos).toBe(at.house.kitchen.state.head);
    one.say({
      t: 'ack',
      topic: 'station:grill',
      cursor: one.replica('station:grill').cursor,
      painted: true,
      visible: true,
    });
    const heard = await waiter.get(
      (frame): frame is Live =>
        isLive(frame) && frame.id === ticket && JSON.stringify(frame.data).includes('heardMs'),
    );
    expect(heard.data).toMatchObject({ sent: 2, heardMs: expect.any(Number) });
    // Who comes later is told what is live now.
    const late = await at.join(['pos'], { role: 'waiter' });
    expect(
      (await late.get((frame): frame is Live => isLive(frame) && frame.id === ticket)).data,
    ).toMatchObject({ sent: 2 });
  });
});
