import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { viewHash } from '../domain/viewHash.ts';
import { listTopic } from '../domain/views.ts';
import { MANNERS, cutsAfter, startBadProxy } from '../testkit/badProxy.ts';
import type { BadProxy } from '../testkit/badProxy.ts';
import { haveNginx } from '../testkit/have.ts';
import { createLimits } from './limits.ts';
import { createTrust } from './proxies.ts';
import { openLine } from './testing/lines.ts';
import type { Line, TransportName } from './testing/lines.ts';
import { token, useStreamHouse } from './testing/streamHouse.ts';

/** A real nginx between the screen and the server, as it stands in hotels, malls and behind a nephew's good intentions. */

const at = useStreamHouse();
const proxies: BadProxy[] = [];
const lines: Line[] = [];
afterEach(async () => {
  for (const line of lines.splice(0)) line.cut();
  for (const proxy of proxies.splice(0)) await proxy.stop();
});

const GRILL = 'station:grill';

async function behind(manners: string): Promise<string> {
  const proxy = await startBadProxy(at.port, manners);
  proxies.push(proxy);
  return proxy.url;
}

async function join(transport: TransportName, base: string, upWithin = 3_000): Promise<Line> {
  const line = openLine(transport, { base, token: await token(), topic: GRILL });
  lines.push(line);
  await Promise.race([line.up, sleep(upWithin)]);
  return line;
}

/** A ticket comes, is painted, and is heard: all of it through the proxy. */
async function hears(line: Line): Promise<void> {
  const ticket = at.place();
  await expect.poll(() => line.replica.pos, { timeout: 5_000 }).toBe(at.house.kitchen.state.head);
  expect(line.replica.hash).toBe(viewHash(listTopic(at.house.kitchen.state, GRILL, 'staff')));
  await line.acknowledge();
  const heard = (): unknown[] =>
    at.house.heard.filter(
      ({ command: { name, input } }) => name === 'ticket.hear' && input.ticket === ticket,
    );
  await expect.poll(() => heard().length).toBe(1);
}

describe.skipIf(haveNginx() === undefined)('behind a proxy', () => {
  test('[H100] that refuses the upgrade, an event stream carries the same', async () => {
    const base = await behind(MANNERS.refusesUpgrade);
    const socket = new WebSocket(`${base.replace('http', 'ws')}/v1/locations/small-place/stream`, 'heard.v1');
    const [error] = await once(socket, 'error');
    expect(String(error)).toContain('Unexpected server response');
    await hears(await join('sse', base));
  });

  test('[H101] that holds answers back, no event of a stream arrives, and polls carry the same', async () => {
    const base = await behind(MANNERS.holdsBack);
    const stream = await join('sse', base);
    at.place();
    await sleep(300);
    expect(stream.frames).toEqual([]);
    expect(stream.ended).toBeNull();
    await hears(await join('long-poll', base));
    await hears(await join('poll', base));
    // The server has seen the stream all the time: only what arrived proves that it is up.
    expect(at.streams.load.sessions).toBe(1);
  });

  test('[H102] that cuts what is silent, pings keep both kinds of streams up', async () => {
    await at.open({ limits: { pingMs: 400 } });
    const base = await behind(cutsAfter(1));
    const [socket, stream] = [await join('websocket', base), await join('sse', base)];
    await sleep(4_000);
    expect([socket.ended, stream.ended]).toEqual([null, null]);
    await hears(stream);
    await hears(socket);
  });

  test('[H102] that cuts what is silent, and without pings the cut is seen: the test can fail', async () => {
    await at.open({ limits: { pingMs: 60_000 } });
    const base = await behind(cutsAfter(1));
    const [socket, stream] = [await join('websocket', base), await join('sse', base)];
    await expect.poll(() => socket.ended, { timeout: 6_000 }).toBe(1006);
    await expect.poll(() => stream.ended, { timeout: 6_000 }).toBe(1006);
    await expect.poll(() => at.streams.load.sockets).toBe(0);
  });

  test('[H103] that compresses whatever passes, every event arrives at once', async () => {
    const base = await behind(MANNERS.compresses);
    const stream = await join('sse', base);
    expect(stream.frames[0]).toMatchObject({ t: 'ready' });
    await hears(stream);
    await hears(await join('long-poll', base));
  });

  test('[H96] that is trusted, visitors are told apart by what it says, and a visitor cannot say it itself', async () => {
    const limits = createLimits({ rates: { badTokens: { perSecond: 0.1, burst: 1 } } });
    await at.open({}, { limits, isTrusted: createTrust(['127.0.0.0/8']) });
    const base = await behind(MANNERS.introduces);
    const ask = async (visitor: string): Promise<number> => {
      const response = await fetch(`${base}/v1/locations/small-place/snapshot?topic=kitchen`, {
        headers: { authorization: 'Bearer a.b.c', 'x-visitor': visitor, 'x-forwarded-for': '9.9.9.9' },
      });
      await response.body?.cancel();
      return response.status;
    };
    expect([await ask('1.1.1.1'), await ask('1.1.1.1'), await ask('2.2.2.2')]).toEqual([401, 429, 401]);
  });
});
