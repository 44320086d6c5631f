import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createTokenReader, mintToken } from '../accounts/tokens.ts';
import type { Claims, NewClaims } from '../accounts/tokens.ts';
import { viewHash } from '../domain/viewHash.ts';
import { listTopic } from '../domain/views.ts';
import { KitchenFeed } from '../feed/testing/kitchenFeed.ts';
import { SocketReader } from '../feed/testing/socketReader.ts';
import type { Chg, Down, Live, Snap } from '../protocol/down.ts';
import { ana, burger, id, lemonade } from '../testkit/kitchen.ts';
import { createDoor } from './door.ts';
import { createStreams } from './ws.ts';
import type { StreamOptions, Streams } from './ws.ts';

const SECRET = 'a secret of the tests';
const ROWS: Record<string, string> = { 'small-place': 'org', 'other-place': 'other' };
const KITCHEN: NewClaims = { sub: 'cli:kitchen', org: 'org', loc: 'small-place', role: 'kitchen' };

let house: KitchenFeed;
let streams: Streams;
let server: Server;
let base: string;
let orders = 0;
const revokedDevices = new Set<string>();
const readers: SocketReader[] = [];

async function open(more: Partial<StreamOptions> = {}): Promise<void> {
  house = new KitchenFeed();
  house.feed.start();
  orders = 0;
  revokedDevices.clear();
  const isRevoked = (claims: Claims): boolean => claims.dev !== undefined && revokedDevices.has(claims.dev);
  const door = createDoor({
    readToken: createTokenReader(SECRET),
    isRevoked,
    readLocation: async (location) => {
      const organization = ROWS[location];
      return organization === undefined ? null : { id: location, organization, name: location, demo: false, head: 0, epoch: 'e', deadline: null, createdAt: '' };
    },
  });
  streams = createStreams({ feed: house.feed, door, rules: 'rules-of-today', now: () => Date.now(), isRevoked, ...more });
  server = createServer((_request, response) => response.writeHead(404).end());
  server.on('upgrade', streams.upgrade);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const at = server.address();
  base = `ws://127.0.0.1:${typeof at === 'object' && at !== null ? at.port : 0}`;
}

async function shut(): Promise<void> {
  for (const reader of readers.splice(0)) reader.ws.terminate();
  streams.close();
  house.feed.stop();
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
}

beforeEach(() => open());
afterEach(() => shut());

async function dial(options: { location?: string; protocols?: string[]; replicas?: SocketReader['replicas'] } = {}): Promise<SocketReader> {
  const reader = new SocketReader(`${base}/v1/locations/${options.location ?? 'small-place'}/stream`, options);
  readers.push(reader);
  return reader.open();
}

async function join(topics: readonly string[], claims: Partial<NewClaims> = {}, ttl = 900): Promise<SocketReader> {
  const reader = await dial();
  reader.hello(await mintToken(SECRET, { ...KITCHEN, ...claims }, ttl), topics);
  await reader.ready();
  return reader;
}

function place(): string {
  const number = (orders += 1);
  house.kitchen.do('order.place', { order: { id: id('order', number), type: 'counter', items: [burger(number * 2), lemonade(number * 2 + 1)] } }, ana);
  house.tell();
  return house.kitchen.ticket(number, 'grill');
}

/** An order of 40 lines, for frames that weigh something. */
function banquet(): void {
  const number = (orders += 1);
  const items = Array.from({ length: 40 }, (_, index) => burger(1_000 + number * 50 + index, { notes: 'x'.repeat(100) }));
  house.kitchen.do('order.place', { order: { id: id('order', number), type: 'counter', items } }, ana);
  house.tell();
}

const isSnap = (frame: Down): frame is Snap => frame.t === 'snap';
const isChg = (frame: Down): frame is Chg => frame.t === 'chg';
const isLive = (frame: Down): frame is Live => frame.t === 'live';

describe('a socket that behaves', () => {
  test('[F22] hello is answered with ready before any data, then each topic with its snapshot', async () => {
    place();
    const reader = await join(['station:grill', 'kitchen']);
    await reader.get((frame) => frame.t === 'snap' && frame.topic === 'kitchen');
    expect(reader.frames.map(({ t }) => t)).toEqual(['ready', 'snap', 'snap']);
    expect(reader.frames[0]).toMatchObject({ rules: 'rules-of-today', ping: 15_000, retry: { min: 1_000, max: 8_000 }, session: expect.any(String) });
    expect(Math.abs(Date.parse((await reader.ready()).now) - Date.now())).toBeLessThan(2_000);
    expect((await reader.ready()).expiresIn).toBeGreaterThan(890);
    expect(reader.ws.protocol).toBe('heard.v1');
    expect(reader.ws.extensions).toBe('');
  });

  test('[F23] topics come and go; subscribing again resumes from the own cursor', async () => {
    const reader = await join(['station:grill']);
    const snap = await reader.get(isSnap);
    reader.say({ t: 'unsub', topic: 'station:grill' });
    reader.say({ t: 'sub', topic: 'station:drinks', after: null });
    await reader.get((frame) => frame.t === 'snap' && frame.topic === 'station:drinks');
    place();
    await reader.get((frame) => frame.t === 'chg' && frame.topic === 'station:drinks');
    expect(reader.frames.some((frame) => frame.t === 'chg' && frame.topic === 'station:grill')).toBe(false);
    reader.say({ t: 'ack', topic: 'station:grill', cursor: snap.cursor, painted: true, visible: true });
    reader.say({ t: 'sub', topic: 'station:grill', after: snap.cursor });
    const missed = await reader.get((frame) => frame.t === 'chg' && frame.topic === 'station:grill');
    expect(missed).toMatchObject({ from: snap.pos, to: house.kitchen.state.head });
    reader.say({ t: 'sub', topic: 'station:grill', after: null });
    await expect.poll(() => reader.frames.filter((frame) => isSnap(frame) && frame.topic === 'station:grill').length).toBe(2);
    expect(reader.closed).toBeNull();
  });

  test('[F24] a ping tells position and hash of each topic, equal to what the screen has', async () => {
    await shut();
    await open({ limits: { pingMs: 150 } });
    const reader = await join(['station:grill', 'kitchen']);
    for (let index = 0; index < 5; index += 1) {
      place();
      await sleep(20);
    }
    const before = reader.frames.length;
    await expect.poll(() => reader.frames.slice(before).filter(({ t }) => t === 'ping').length, { timeout: 3_000 }).toBeGreaterThan(2);
    const ping = reader.frames.findLast((frame) => frame.t === 'ping');
    for (const topic of ['station:grill', 'kitchen']) {
      const replica = reader.replica(topic);
      expect(ping).toMatchObject({ topics: { [topic]: [replica.pos, replica.hash] } });
      expect(replica.hash).toBe(viewHash(listTopic(house.kitchen.state, topic, 'staff')));
    }
  });

  test('[F25] a token is renewed in band: notice before its end, and the socket stays', async () => {
    const reader = await join(['kitchen'], {}, 2);
    expect(await reader.get((frame) => frame.t === 'auth')).toMatchObject({ expiresIn: expect.any(Number) });
    reader.say({ t: 'auth', token: await mintToken(SECRET, KITCHEN, 900) });
    await sleep(2_300);
    expect(reader.closed).toBeNull();
    place();
    await reader.get(isChg);
  });

  test('[F26] readers that reconnect, overlap and are cut at random end without a gap and equal to state', async () => {
    const token = await mintToken(SECRET, KITCHEN, 900);
    const topics = ['station:grill', 'station:drinks', 'kitchen'];
    const screens = Array.from({ length: 6 }, () => new Map<string, ReturnType<SocketReader['replica']>>());
    let running = true;
    const living = screens.map(async (replicas, index) => {
      let current: SocketReader | null = null;
      while (running) {
        const next = await dial({ replicas });
        next.hello(token, topics);
        await next.ready().catch(() => undefined);
        // Make before break, or a cut at any moment.
        const old: SocketReader | null = current;
        if (index % 2 === 0) await sleep(Math.random() * 30);
        old?.ws.terminate();
        current = next;
        await sleep(20 + Math.random() * 120);
      }
      return current;
    });
    for (let index = 0; index < 150; index += 1) {
      const ticket = place();
      if (index % 2 === 0) house.kitchen.ask('ticket.bump', { ticket });
      if (index % 3 === 0) house.kitchen.ask('order.cancel', { order: id('order', orders), reason: 'guest left' });
      house.tell();
      await sleep(8);
    }
    running = false;
    const last = await Promise.all(living);
    await expect.poll(() => screens.every((replicas) => topics.every((topic) => replicas.get(topic)?.hash === viewHash(listTopic(house.kitchen.state, topic, 'staff')))), { timeout: 5_000 }).toBe(true);
    expect(screens.flatMap((replicas) => [...replicas.values()].map(({ gaps }) => gaps)).every((gaps) => gaps === 0)).toBe(true);
    expect(last.every((reader) => reader?.closed === null)).toBe(true);
  }, 30_000);

  test('[F27] drain says 4200 to everybody and lets nobody new in', async () => {
    const all = await Promise.all(Array.from({ length: 5 }, () => join(['kitchen'])));
    await streams.drain(100);
    for (const reader of all) expect(await reader.end()).toEqual({ code: 4200, bye: 4200 });
    const late = new WebSocket(`${base}/v1/locations/small-place/stream`, 'heard.v1');
    const [error] = await once(late, 'error');
    expect(String(error)).toContain('503');
  });
});

describe('a reader that does not read', () => {
  test('[F28] it is skipped, what waits for it stays bounded, the others hear everything at once', async () => {
    const slow = await join(['kitchen']);
    const quick = await join(['kitchen']);
    await slow.get(isSnap);
    slow.ws.pause();
    // The kernels take some megabytes before anything waits here.
    let most = 0;
    for (let index = 0; index < 700; index += 1) {
      banquet();
      if (index % 5 === 0) await sleep(17);
      most = Math.max(most, streams.load.bufferedBytes);
    }
    await expect.poll(() => quick.replica('kitchen').pos).toBe(house.kitchen.state.head);
    expect(house.feed.load.blocked).toBe(1);
    const longest = Math.max(...quick.frames.map((frame) => JSON.stringify(frame).length));
    expect(most).toBeGreaterThan(64 * 1024);
    expect(most).toBeLessThan(64 * 1024 + longest + 1024);
    slow.ws.resume();
    // So much has changed that a snapshot is the shorter way, or a frame that jumps.
    await expect.poll(() => slow.frames.some((frame) => frame.t === 'snap' && frame.href !== undefined) || slow.replica('kitchen').pos === house.kitchen.state.head, { timeout: 5_000 }).toBe(true);
    expect(slow.replica('kitchen').gaps).toBe(0);
    expect(slow.closed).toBeNull();
  }, 40_000);
});

type Misdeed = { name: string; code: number; do: (reader: SocketReader) => Promise<void> | void; joined?: string[]; claims?: Partial<NewClaims>; location?: string; protocols?: string[] };

async function token(claims: Partial<NewClaims> = {}, ttl = 900): Promise<string> {
  return mintToken(SECRET, { ...KITCHEN, ...claims }, ttl);
}

const hello = { t: 'hello', v: 1, client: { id: 'x' }, subs: [] };

const misdeeds: Misdeed[] = [
  { name: 'text that is not JSON', code: 4010, do: (reader) => reader.say('{"t":"hello"') },
  { name: 'an empty frame', code: 4010, do: (reader) => reader.say('') },
  { name: 'JSON that is no frame', code: 4010, do: (reader) => reader.say('[]') },
  { name: 'null', code: 4010, do: (reader) => reader.say('null') },
  { name: 'an unknown frame', code: 4010, do: (reader) => reader.say({ t: 'shout' }) },
  { name: 'a frame that only the server says', code: 4010, do: (reader) => reader.say({ t: 'ready', session: 's' }) },
  { name: 'a sub before hello', code: 4010, do: (reader) => reader.say({ t: 'sub', topic: 'kitchen', after: null }) },
  { name: 'an ack before hello', code: 4010, do: (reader) => reader.say({ t: 'ack', topic: 'kitchen', cursor: 'x', painted: true, visible: true }) },
  { name: 'a binary frame', code: 4010, do: (reader) => reader.ws.send(Buffer.from('{"t":"pong","n":1}')) },
  { name: 'a frame of more than 64 KB', code: 4010, do: (reader) => reader.say({ ...hello, token: 'x'.repeat(70_000) }) },
  { name: 'a hello without a token', code: 4010, do: (reader) => reader.say(hello) },
  { name: 'a hello with a token that is a number', code: 4010, do: (reader) => reader.say({ ...hello, token: 7 }) },
  { name: 'a hello with a field nobody knows', code: 4010, do: async (reader) => reader.say({ ...hello, token: await token(), admin: true }) },
  { name: 'a hello with U+0000 in a name', code: 4010, do: async (reader) => reader.say({ ...hello, token: await token(), client: { id: 'a\u0000b' } }) },
  { name: 'a hello with half an emoji', code: 4010, do: async (reader) => reader.say(`{"t":"hello","v":1,"token":"${await token()}","client":{"id":"\\ud83d"},"subs":[]}`) },
  { name: 'a hello with 33 topics', code: 4010, do: async (reader) => reader.hello(await token(), Array.from({ length: 33 }, (_, index) => `station:s${index}`)) },
  { name: 'a hello of another version', code: 4005, do: async (reader) => reader.say({ ...hello, v: 2, token: await token() }) },
  { name: 'another subprotocol', code: 4005, protocols: ['heard.v2'], do: () => undefined },
  { name: 'no subprotocol', code: 4005, protocols: [], do: () => undefined },
  { name: 'a token that is no token', code: 4001, do: (reader) => reader.hello('let me in') },
  { name: 'a token signed with another secret', code: 4001, do: async (reader) => reader.hello(await mintToken('another secret', KITCHEN, 900)) },
  { name: 'a token whose claims were changed', code: 4001, do: async (reader) => reader.hello(forge(await token())) },
  { name: 'a token of the algorithm none', code: 4001, do: async (reader) => reader.hello(unsigned(await token())) },
  { name: 'an expired token', code: 4001, do: async (reader) => reader.hello(await token({}, -5)) },
  { name: 'the token of another location', code: 4004, do: async (reader) => reader.hello(await token({ loc: 'other-place' })) },
  { name: "another tenant's location, by a token of the own organization", code: 4004, location: 'other-place', do: async (reader) => reader.hello(await token({ loc: undefined, role: 'owner' }), ['kitchen']) },
  { name: 'another organization at this location', code: 4004, do: async (reader) => reader.hello(await token({ org: 'other' }), ['kitchen']) },
  { name: 'a location that does not exist', code: 4004, location: 'nowhere', do: async (reader) => reader.hello(await token({ loc: undefined, role: 'owner' }), ['kitchen']) },
  { name: 'a topic that does not exist', code: 4004, do: async (reader) => reader.hello(await token(), ['cellar']) },
  { name: 'a station that does not exist', code: 4004, do: async (reader) => reader.hello(await token(), ['station:moon']) },
  { name: 'a topic with letters that a close frame has no room for', code: 4004, do: async (reader) => reader.hello(await token(), ['é'.repeat(80)]) },
  { name: 'a topic that the kitchen may not read', code: 4004, do: async (reader) => reader.hello(await token(), ['pos']) },
  { name: 'a station for a waiter', code: 4004, do: async (reader) => reader.hello(await token({ role: 'waiter' }), ['station:grill']) },
  { name: 'any topic for a partner', code: 4004, do: async (reader) => reader.hello(await token({ role: 'partner' }), ['kitchen']) },
  { name: "a guest in somebody else's order", code: 4004, do: async (reader) => reader.hello(await token({ role: 'guest', ord: id('order', 1) }), [`order:${id('order', 2)}`]) },
  { name: 'a guest in the kitchen', code: 4004, do: async (reader) => reader.hello(await token({ role: 'guest', ord: id('order', 1) }), ['kitchen']) },
  { name: 'a second hello', code: 4010, joined: ['kitchen'], do: async (reader) => reader.hello(await token()) },
  { name: 'a sub without a topic', code: 4010, joined: [], do: (reader) => reader.say({ t: 'sub' }) },
  { name: 'a sub to a topic that the role may not read', code: 4004, joined: ['kitchen'], do: (reader) => reader.say({ t: 'sub', topic: 'manager', after: null }) },
  { name: 'an ack of a topic that was not asked for', code: 4010, joined: ['kitchen'], do: (reader) => reader.say({ t: 'ack', topic: 'station:grill', cursor: reader.replica('kitchen').cursor, painted: true, visible: true }) },
  { name: 'an ack with a cursor that is none', code: 4010, joined: ['kitchen'], do: (reader) => reader.say({ t: 'ack', topic: 'kitchen', cursor: 'abc', painted: true, visible: true }) },
  { name: 'an ack with the cursor of another topic', code: 4010, joined: ['kitchen', 'station:grill'], do: (reader) => reader.say({ t: 'ack', topic: 'kitchen', cursor: reader.replica('station:grill').cursor, painted: true, visible: true }) },
  { name: 'an ack above what was sent', code: 4010, joined: ['kitchen'], do: (reader) => reader.say({ t: 'ack', topic: 'kitchen', cursor: ahead(reader.replica('kitchen').cursor ?? ''), painted: true, visible: true }) },
  { name: 'an ack without saying whether it was painted', code: 4010, joined: ['kitchen'], do: (reader) => reader.say({ t: 'ack', topic: 'kitchen', cursor: reader.replica('kitchen').cursor }) },
  { name: 'a pong without a ping', code: 4010, joined: [], do: (reader) => reader.say({ t: 'pong', n: 99 }) },
  { name: 'an auth with a forged token', code: 4001, joined: ['kitchen'], do: async (reader) => reader.say({ t: 'auth', token: forge(await token()) }) },
  { name: 'an auth with the token of somebody else', code: 4001, joined: ['kitchen'], do: async (reader) => reader.say({ t: 'auth', token: await token({ sub: 'staff:eve' }) }) },
  { name: 'an auth with the token of another organization', code: 4001, joined: ['kitchen'], do: async (reader) => reader.say({ t: 'auth', token: await token({ org: 'other' }) }) },
  { name: 'an auth with the token of another location', code: 4001, joined: ['kitchen'], do: async (reader) => reader.say({ t: 'auth', token: await token({ loc: 'other-place' }) }) },
  { name: 'an auth with another role', code: 4202, joined: ['kitchen'], do: async (reader) => reader.say({ t: 'auth', token: await token({ role: 'expo' }) }) },
  { name: 'a flood of frames', code: 4010, joined: [], do: (reader) => void Array.from({ length: 80 }, () => reader.say({ t: 'unsub', topic: 'kitchen' })) },
];

function payloadOf(jwt: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString());
}

function forge(jwt: string): string {
  const [head, , signature] = jwt.split('.');
  return [head, Buffer.from(JSON.stringify({ ...payloadOf(jwt), role: 'owner' })).toString('base64url'), signature].join('.');
}

function unsigned(jwt: string): string {
  return `${Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')}.${jwt.split('.')[1]}.`;
}

/** The same cursor, one event further than anything that happened. */
function ahead(cursor: string): string {
  const parts = Buffer.from(cursor, 'base64url').toString().split('.');
  parts[2] = String(Number(parts[2]) + 1);
  return Buffer.from(parts.join('.')).toString('base64url');
}

describe('a socket that does not', () => {
  test.each(misdeeds)('[F29] $name: bye and close $code, and the log does not move', async ({ code, do: misbehave, joined, claims, location, protocols }) => {
    place();
    const { head } = house.kitchen.state;
    const reader = joined === undefined ? await dial({ ...(location !== undefined && { location }), ...(protocols !== undefined && { protocols }) }) : await join(joined, claims);
    if (joined !== undefined) await expect.poll(() => joined.every((topic) => reader.replica(topic).cursor !== null)).toBe(true);
    await misbehave(reader);
    expect(await reader.end()).toEqual({ code, bye: code });
    expect(house.kitchen.state.head).toBe(head);
    expect(house.heard).toEqual([]);
    await expect.poll(() => house.feed.load.subscriptions).toBe(0);
    await expect.poll(() => streams.load.sockets).toBe(0);
  });

  test('[F30] a topic that may not be read is named in a problem before the bye', async () => {
    const reader = await join(['kitchen']);
    reader.say({ t: 'sub', topic: 'pos', after: null });
    expect(await reader.get((frame) => frame.t === 'problem')).toMatchObject({ code: 'forbidden', status: 403, topic: 'pos' });
    reader.say({ t: 'sub', topic: 'cellar', after: null });
    await reader.end();
  });

  test('[F45] a topic more than a socket may have closes with 4010', async () => {
    await shut();
    await open({ limits: { subscriptions: 2 } });
    const reader = await join(['kitchen', 'station:grill']);
    reader.say({ t: 'sub', topic: 'kitchen', after: null });
    await expect.poll(() => reader.frames.filter((frame) => isSnap(frame) && frame.topic === 'kitchen').length).toBe(2);
    reader.say({ t: 'sub', topic: 'station:drinks', after: null });
    expect(await reader.end()).toEqual({ code: 4010, bye: 4010 });
  });

  test('[F31] invalid UTF-8 closes with 4010', async () => {
    const reader = await join([]);
    // The library's own client would never send this, so the frame is written by hand.
    const { _socket: socket } = reader.ws as unknown as { _socket: { write(data: Buffer): void } };
    socket.write(Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28]));
    expect(await reader.end()).toEqual({ code: 4010, bye: 4010 });
  });

  test('[F32] whoever says no hello in time is closed with 4108', async () => {
    await shut();
    await open({ limits: { helloMs: 300 } });
    expect(await (await dial()).end()).toEqual({ code: 4108, bye: 4108 });
  });

  test('[F33] whoever is not heard from is closed with 4108; a pong is enough to stay', async () => {
    await shut();
    await open({ limits: { pingMs: 200, deadMs: 700 } });
    const [mute, alive] = [await join(['kitchen']), await join(['kitchen'])];
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
    const reader = await join(['kitchen'], {}, 1);
    expect(await reader.end()).toEqual({ code: 4201, bye: 4201 });
  });

  test('[F35] a revoked screen is closed with 4003 within 2 s, by the call and by the look', async () => {
    const [called, looked, other] = [await join(['kitchen'], { dev: 'd1' }), await join(['kitchen'], { dev: 'd2' }), await join(['kitchen'], { dev: 'd3' })];
    streams.revoked('d1');
    expect(await called.end(500)).toEqual({ code: 4003, bye: 4003 });
    revokedDevices.add('d2');
    expect(await looked.end(2_000)).toEqual({ code: 4003, bye: 4003 });
    const back = await dial();
    back.hello(await token({ dev: 'd2' }));
    expect(await back.end()).toEqual({ code: 4003, bye: 4003 });
    expect(other.closed).toBeNull();
  });

  test('[F36] a socket that is too old is asked to connect anew with 4203', async () => {
    await shut();
    await open({ limits: { maxAgeMs: 300 } });
    expect(await (await join(['kitchen'])).end()).toEqual({ code: 4203, bye: 4203 });
  });

  test('[F37] an upgrade anywhere else is a 404, more sockets than allowed a 503', async () => {
    for (const path of ['/', '/v1/locations/small-place/snapshot', '/v1/locations//stream', '/v1/locations/%ff/stream']) {
      const socket = new WebSocket(`${base}${path}`, 'heard.v1');
      const [error] = await once(socket, 'error');
      expect(String(error)).toContain('404');
    }
    await shut();
    await open({ limits: { connections: 1 } });
    await join(['kitchen']);
    const second = new WebSocket(`${base}/v1/locations/small-place/stream`, 'heard.v1');
    const [error] = await once(second, 'error');
    expect(String(error)).toContain('503');
  });

  test('[F38] a socket that vanishes without a word leaves nothing behind', async () => {
    const port = Number(new URL(base).port);
    const raw = connect(port, '127.0.0.1');
    raw.write('GET /v1/locations/small-place/stream HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-protocol: heard.v1\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n');
    await once(raw, 'data');
    expect(streams.load.sockets).toBe(1);
    raw.resetAndDestroy();
    await expect.poll(() => streams.load.sockets).toBe(0);
  });
});

describe('receipts', () => {
  async function ackedBy(claims: Partial<NewClaims>, more: Record<string, unknown> = {}, topic = 'station:grill'): Promise<string[]> {
    const reader = await join([topic], claims);
    const ticket = place();
    await expect.poll(() => reader.replica(topic).pos).toBe(house.kitchen.state.head);
    reader.say({ t: 'ack', topic, cursor: reader.replica(topic).cursor, painted: true, visible: true, audio: 'running', ...more });
    await sleep(450);
    expect(reader.closed).toBeNull();
    const other = house.heard.filter(({ command }) => command.name !== 'ticket.hear' || command.input.ticket !== ticket);
    expect(other).toEqual([]);
    return house.heard.map(({ actor }) => actor.id);
  }

  test('[F39] a ticket is heard when a kitchen screen painted it in front of somebody, once', async () => {
    expect(await ackedBy({})).toEqual(['cli:kitchen']);
    expect(house.kitchen.log.at(-1)).toMatchObject({ type: 'ticket.heard', data: { screen: 'grill-1' } });
    const [again] = readers.slice(-1);
    again?.say({ t: 'ack', topic: 'station:grill', cursor: again.replica('station:grill').cursor, painted: true, visible: true });
    await sleep(400);
    expect(house.heard).toHaveLength(1);
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
    const reader = await join(['station:grill']);
    const [first, second] = [place(), place()];
    await expect.poll(() => reader.replica('station:grill').pos).toBe(house.kitchen.state.head);
    const said = { t: 'ack', topic: 'station:grill', cursor: reader.replica('station:grill').cursor, painted: true, visible: true, behind: [second] };
    reader.say({ ...said, audio: 'suspended' });
    await sleep(400);
    expect(house.heard.map(({ command }) => command.name === 'ticket.hear' && command.input.ticket)).toEqual([first]);
    reader.say({ ...said, audio: 'flashed' });
    await sleep(400);
    expect(house.heard.map(({ command }) => command.name === 'ticket.hear' && command.input.ticket)).toEqual([first, second]);
  });

  test('[F42] an ack counts for what stood there at its cursor, not for what came after it', async () => {
    const reader = await join(['station:grill']);
    const first = place();
    await expect.poll(() => reader.replica('station:grill').pos).toBe(house.kitchen.state.head);
    const { cursor } = reader.replica('station:grill');
    place();
    reader.say({ t: 'ack', topic: 'station:grill', cursor, painted: true, visible: true });
    await sleep(400);
    expect(house.heard.map(({ command }) => command.name === 'ticket.hear' && command.input.ticket)).toEqual([first]);
  });

  test('[F43] a recall is a new episode: it is heard again', async () => {
    await ackedBy({});
    const [reader] = readers.slice(-1);
    const ticket = house.kitchen.ticket(1, 'grill');
    house.kitchen.do('ticket.bump', { ticket });
    house.kitchen.do('ticket.recall', { ticket });
    house.tell();
    await expect.poll(() => reader?.replica('station:grill').pos).toBe(house.kitchen.state.head);
    reader?.say({ t: 'ack', topic: 'station:grill', cursor: reader.replica('station:grill').cursor, painted: true, visible: true });
    await expect.poll(() => house.heard.length).toBe(2);
    expect(new Set(house.heard.map(({ command }) => command.id)).size).toBe(2);
  });

  test('[F44] the waiter is told live how many screens were sent the ticket and how many painted it', async () => {
    const waiter = await join(['pos'], { role: 'waiter', sub: 'staff:maya' });
    const [one, two] = [await join(['station:grill']), await join(['station:grill'])];
    await two.get(isSnap);
    const ticket = place();
    const sent = await waiter.get((frame): frame is Live => isLive(frame) && frame.id === ticket && JSON.stringify(frame.data).includes('"sent":2'));
    expect(sent).toMatchObject({ topic: 'pos', kind: 'ticket', data: { station: 'grill', sent: 2, screens: 0 } });
    await expect.poll(() => one.replica('station:grill').pos).toBe(house.kitchen.state.head);
    one.say({ t: 'ack', topic: 'station:grill', cursor: one.replica('station:grill').cursor, painted: true, visible: true });
    const heard = await waiter.get((frame): frame is Live => isLive(frame) && frame.id === ticket && JSON.stringify(frame.data).includes('heardMs'));
    expect(heard.data).toMatchObject({ sent: 2, heardMs: expect.any(Number) });
    // Who comes later is told what is live now.
    const late = await join(['pos'], { role: 'waiter' });
    expect((await late.get((frame): frame is Live => isLive(frame) && frame.id === ticket)).data).toMatchObject({ sent: 2 });
  });
});
