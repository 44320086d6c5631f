import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { viewHash } from '../domain/viewHash.ts';
import { listTopic } from '../domain/views.ts';
import { token, useStreamHouse } from '../edge/testing/streamHouse.ts';
import { cutsAfter, MANNERS, startBadProxy } from '../testkit/badProxy.ts';
import type { BadProxy } from '../testkit/badProxy.ts';
import { haveNginx } from '../testkit/have.ts';
import { createHeard } from './client.ts';
import type { Via } from './ladder.ts';
import type { Heard } from './shapes.ts';

/** The client against the real doors, with a real nginx between them that nobody configured for it. */

const at = useStreamHouse();
const proxies: BadProxy[] = [];
const screens: Heard[] = [];
afterEach(async () => {
  for (const heard of screens.splice(0)) heard.close();
  for (const proxy of proxies.splice(0)) await proxy.stop();
});

const GRILL = 'station:grill';

async function screenAt(base: string): Promise<Heard> {
  const heard = createHeard({
    baseUrl: base,
    location: 'small-place',
    token: () => token(),
    client: { id: `screen-${screens.length}`, screen: 'grill' },
    // The house of this test has no other doors than the feed's.
    fetch: (input, init) =>
      String(input instanceof Request ? input.url : input).endsWith('/healthz')
        ? Promise.resolve(Response.json({ ok: true }))
        : fetch(input, init),
  });
  screens.push(heard);
  heard.view(GRILL).subscribe(() => undefined);
  return heard;
}

async function behind(manners: string): Promise<Heard> {
  const proxy = await startBadProxy(at.port, manners);
  proxies.push(proxy);
  return screenAt(proxy.url);
}

const truth = () => {
  const { state } = at.house.kitchen;
  return { state: 'live', pos: state.head, hash: viewHash(listTopic(state, GRILL, 'staff')) };
};
const shown = (heard: Heard) => {
  const { state, pos, entities } = heard.view(GRILL).get();
  return { state, pos, hash: viewHash([...entities.ticket.values(), ...entities.station.values()]) };
};

/** A ticket comes, is painted here, and is heard. */
async function hears(heard: Heard, via: Via): Promise<void> {
  await expect.poll(() => heard.connection.get().via, { timeout: 45_000, interval: 100 }).toBe(via);
  const ticket = at.place();
  await expect.poll(() => shown(heard), { timeout: 10_000 }).toEqual(truth());
  heard.painted(GRILL, heard.view(GRILL).get().cursor ?? '', { visible: true, audio: 'running' });
  const receipts = () =>
    at.house.heard.filter(({ command: { input } }) => 'ticket' in input && input.ticket === ticket).length;
  await expect.poll(receipts, { timeout: 5_000 }).toBe(1);
}

describe.skipIf(haveNginx() === undefined)('a screen behind a proxy', () => {
  it('[C173] that does nothing wrong stays on its socket', async () => {
    await hears(await screenAt(at.http), 'websocket');
  });

  it('[C174] that refuses the upgrade goes over an event stream', async () => {
    const heard = await behind(MANNERS.refusesUpgrade);
    await hears(heard, 'sse');
    expect(heard.connection.get()).toMatchObject({ word: 'live', repairs: 0 });
  }, 60_000);

  it('[C175] that also holds every stream back goes over long polls', async () => {
    const heard = await behind(MANNERS.holdsBack);
    await hears(heard, 'long_poll');
    expect(heard.connection.get()).toMatchObject({ word: 'polling', repairs: 0 });
    // What the server does not owe at once arrives with the change all the same.
    const began = performance.now();
    at.place();
    await expect.poll(() => shown(heard), { timeout: 5_000, interval: 5 }).toEqual(truth());
    expect(performance.now() - began).toBeLessThan(1_000);
  }, 60_000);

  it('[C176] that cuts whatever is silent for a second ends at plain polls, which nothing cuts', async () => {
    const heard = await behind(cutsAfter(1));
    await hears(heard, 'poll');
    expect(heard.connection.get()).toMatchObject({ word: 'polling', repairs: 0 });
    await sleep(6_000);
    expect(heard.connection.get()).toMatchObject({ word: 'polling', via: 'poll' });
  }, 90_000);

  it('[C177] that cuts what is silent keeps its socket by the server’s pings', async () => {
    await at.open({ limits: { pingMs: 500 } });
    const heard = await behind(cutsAfter(2));
    await hears(heard, 'websocket');
    expect(heard.connection.get()).toMatchObject({ word: 'live', reconnects: 0 });
    await sleep(5_000);
    expect(heard.connection.get()).toMatchObject({ word: 'live', reconnects: 0, via: 'websocket' });
  }, 60_000);
});
