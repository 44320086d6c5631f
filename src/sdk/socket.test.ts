import { describe, expect, it } from 'vitest';
import { createSocketPairs } from '../testkit/socketPair.ts';
import type { ServerEnd } from '../testkit/socketPair.ts';
import type { Link } from './carrier.ts';
import { socketCarrier } from './socket.ts';

function stage() {
  const ends: ServerEnd[] = [];
  const told: string[] = [];
  const up: string[] = [];
  const pairs = createSocketPairs((end) => {
    ends.push(end);
    end.onText = (text) => up.push(text);
    end.onGone = () => up.push('gone');
  });
  const carrier = socketCarrier('ws://heard.test/stream', pairs.WebSocket);
  const link: Link = carrier.open(
    { token: 'secret', client: { id: 'c' }, subs: [{ topic: 'kitchen', after: 'c', pos: 7 }] },
    {
      opened: () => told.push('opened'),
      frame: (frame) => told.push(frame.t),
      gone: (code) => told.push(`gone ${code}`),
    },
  );
  return { pairs, ends, told, up, link };
}

describe('the WebSocket carrier', () => {
  it('[C91] says hello first, by the protocol, with the token in the frame and not in the address', () => {
    const { pairs, ends, told, up } = stage();
    pairs.settle();
    expect(ends[0]).toMatchObject({ url: 'ws://heard.test/stream', protocols: ['heard.v1'] });
    expect(told).toEqual(['opened']);
    expect(JSON.parse(up[0] ?? '')).toEqual({
      t: 'hello',
      v: 1,
      token: 'secret',
      client: { id: 'c' },
      subs: [{ topic: 'kitchen', after: 'c' }],
    });
  });

  it('[C92] says nothing more once it was closed, whatever still comes', () => {
    const { pairs, ends, told, link } = stage();
    pairs.settle();
    ends[0]?.send(JSON.stringify({ t: 'auth', expiresIn: 1 }));
    ends[0]?.send(JSON.stringify({ t: 'auth', expiresIn: 1 }));
    pairs.deliver();
    link.close(1000);
    pairs.settle();
    expect(told).toEqual(['opened', 'auth']);
    expect(link.say({ t: 'pong', n: 1 })).toBe(false);
  });

  it("[C93] reports its end once, with the server's code", () => {
    const { pairs, ends, told, link } = stage();
    pairs.settle();
    ends[0]?.close(4203);
    pairs.settle();
    pairs.cut();
    expect(told).toEqual(['opened', 'gone 4203']);
    expect(link.say({ t: 'pong', n: 1 })).toBe(false);
  });

  it('[C94] skips frames of a newer server, and gives up on one that cannot be read', () => {
    const { pairs, ends, told } = stage();
    pairs.settle();
    for (let n = 0; n < 5; n += 1) ends[0]?.send('{"t":"weather"}');
    pairs.settle();
    expect(told).toEqual(['opened']);
    for (let n = 0; n < 3; n += 1) ends[0]?.send('<html>');
    pairs.settle();
    expect(told).toEqual(['opened', 'gone 1006']);
  });

  it('[C95] an address that the browser refuses is a failure like any other, told after open returned', async () => {
    const told: string[] = [];
    class Refusing {
      constructor() {
        throw new SyntaxError('mixed content');
      }
    }
    const carrier = socketCarrier('ws://x', Refusing as never);
    const link = carrier.open(
      { token: 't', client: { id: 'c' }, subs: [] },
      { opened: () => undefined, frame: () => undefined, gone: (code) => told.push(`gone ${code}`) },
    );
    expect(told).toEqual([]);
    await Promise.resolve();
    expect(told).toEqual(['gone 1006']);
    expect(link.say({ t: 'pong', n: 1 })).toBe(false);
  });
});
