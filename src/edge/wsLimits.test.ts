import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { Down, Snap } from '../protocol/down.ts';
import { token, useStreamHouse } from './testing/streamHouse.ts';

const at = useStreamHouse();
const isSnap = (frame: Down): frame is Snap => frame.t === 'snap';

describe('the limits of a socket', () => {
  test('[F30] a topic that may not be read is named in a problem before the bye', async () => {
    const reader = await at.join(['kitchen']);
    reader.say({ t: 'sub', topic: 'pos', after: null });
    expect(await reader.get((frame) => frame.t === 'problem')).toMatchObject({
      code: 'forbidden',
      status: 403,
      topic: 'pos',
    });
    reader.say({ t: 'sub', topic: 'cellar', after: null });
    await reader.end();
  });

  test('[F45] a topic more than a socket may have closes with 4010', async () => {
    await at.open({ limits: { subscriptions: 2 } });
    const reader = await at.join(['kitchen', 'station:grill']);
    reader.say({ t: 'sub', topic: 'kitchen', after: null });
    await expect
      .poll(() => reader.frames.filter((frame) => isSnap(frame) && frame.topic === 'kitchen').length)
      .toBe(2);
    reader.say({ t: 'sub', topic: 'station:drinks', after: null });
    expect(await reader.end()).toEqual({ code: 4010, bye: 4010 });
  });

  test('[F31] invalid UTF-8 closes with 4010', async () => {
    const reader = await at.join([]);
    // The library's own client would never send this, so the frame is written by hand.
    const { _socket: socket } = reader.ws as unknown as { _socket: { write(data: Buffer): void } };
    socket.write(Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28]));
    expect(await reader.end()).toEqual({ code: 4010, bye: 4010 });
  });

  test('[F32] whoever says no hello in time is closed with 4108', async () => {
    await at.open({ limits: { helloMs: 300 } });
    expect(await (await at.dial()).end()).toEqual({ code: 4108, bye: 4108 });
  });

  test('[F33] whoever is not heard from is closed with 4108; a pong is enough to stay', async () => {
    await at.open({ limits: { pingMs: 200, deadMs: 700 } });
    const [mute, alive] = [await at.join(['kitchen']), await at.join(['kitchen'])];
    const answer = setInterval(() => {
      const ping = alive.frames.findLast((frame) => frame.t === 'ping');
      if (ping?.t === 'ping') alive.say({ t: 'pong', n: ping.n });
    }, 100);
    try {
      expect(await mute.end()).toEqual({ code: 4108, bye: 4108 });
      await sleep(500);
      expect(alive.closed).toBeNull();
    } finally {
      clearInterval(answer);
    }
  });

  test('[F34] a token that ends closes with 4201, so that the screen comes back at once with a new one', async () => {
    const reader = await at.join(['kitchen'], {}, 1);
    expect(await reader.end()).toEqual({ code: 4201, bye: 4201 });
  });

  test('[F35] a revoked screen is closed with 4003 within 2 s, by the call and by the look', async () => {
    const [called, looked, other] = [
      await at.join(['kitchen'], { dev: 'd1' }),
      await at.join(['kitchen'], { dev: 'd2' }),
      await at.join(['kitchen'], { dev: 'd3' }),
    ];
    at.streams.revoked('d1');
    expect(await called.end(500)).toEqual({ code: 4003, bye: 4003 });
    at.revokedDevices.add('d2');
    expect(await looked.end(2_000)).toEqual({ code: 4003, bye: 4003 });
    const back = await at.dial();
    back.hello(await token({ dev: 'd2' }));
    expect(await back.end()).toEqual({ code: 4003, bye: 4003 });
    expect(other.closed).toBeNull();
  });

  test('[F36] a socket that is too old is asked to connect anew with 4203', async () => {
    await at.open({ limits: { maxAgeMs: 300 } });
    expect(await (await at.join(['kitchen'])).end()).toEqual({ code: 4203, bye: 4203 });
  });

  test('[F37] an upgrade anywhere else is a 404, more sockets than allowed a 503', async () => {
    for (const path of [
      '/',
      '/v1/locations/small-place/snapshot',
      '/v1/locations//stream',
      '/v1/locations/%ff/stream',
    ]) {
      const socket = new WebSocket(`${at.base}${path}`, 'heard.v1');
      const [error] = await once(socket, 'error');
      expect(String(error)).toContain('404');
    }
    await at.open({ limits: { connections: 1 } });
    await at.join(['kitchen']);
    const second = new WebSocket(`${at.base}/v1/locations/small-place/stream`, 'heard.v1');
    const [error] = await once(second, 'error');
    expect(String(error)).toContain('503');
  });

  test('[F38] a socket that vanishes without a word leaves nothing behind', async () => {
    const port = Number(new URL(at.base).port);
    const raw = connect(port, '127.0.0.1');
    raw.write(
      'GET /v1/locations/small-place/stream HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-protocol: heard.v1\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    await once(raw, 'data');
    expect(at.streams.load.sockets).toBe(1);
    raw.resetAndDestroy();
    await expect.poll(() => at.streams.load.sockets).toBe(0);
  });
});
