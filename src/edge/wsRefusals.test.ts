import { describe, expect, test } from 'vitest';
import { mintToken } from '../accounts/tokens.ts';
import type { NewClaims } from '../accounts/tokens.ts';
import type { SocketReader } from '../feed/testing/socketReader.ts';
import { id } from '../testkit/kitchen.ts';
import { KITCHEN, token, useStreamHouse } from './testing/streamHouse.ts';

const at = useStreamHouse();

type Misdeed = {
  name: string;
  code: number;
  do: (reader: SocketReader) => Promise<void> | void;
  joined?: string[];
  claims?: Partial<NewClaims>;
  location?: string;
  protocols?: string[];
};

const hello = { t: 'hello', v: 1, client: { id: 'x' }, subs: [] };

const misdeeds: Misdeed[] = [
  { name: 'text that is not JSON', code: 4010, do: (reader) => reader.say('{"t":"hello"') },
  { name: 'an empty frame', code: 4010, do: (reader) => reader.say('') },
  { name: 'JSON that is no frame', code: 4010, do: (reader) => reader.say('[]') },
  { name: 'null', code: 4010, do: (reader) => reader.say('null') },
  { name: 'an unknown frame', code: 4010, do: (reader) => reader.say({ t: 'shout' }) },
  {
    name: 'a frame that only the server says',
    code: 4010,
    do: (reader) => reader.say({ t: 'ready', session: 's' }),
  },
  {
    name: 'a sub before hello',
    code: 4010,
    do: (reader) => reader.say({ t: 'sub', topic: 'kitchen', after: null }),
  },
  {
    name: 'an ack before hello',
    code: 4010,
    do: (reader) => reader.say({ t: 'ack', topic: 'kitchen', cursor: 'x', painted: true, visible: true }),
  },
  { name: 'a binary frame', code: 4010, do: (reader) => reader.ws.send(Buffer.from('{"t":"pong","n":1}')) },
  {
    name: 'a frame of more than 64 KB',
    code: 4010,
    do: (reader) => reader.say({ ...hello, token: 'x'.repeat(70_000) }),
  },
  { name: 'a hello without a token', code: 4010, do: (reader) => reader.say(hello) },
  {
    name: 'a hello with a token that is a number',
    code: 4010,
    do: (reader) => reader.say({ ...hello, token: 7 }),
  },
  {
    name: 'a hello with a field nobody knows',
    code: 4010,
    do: async (reader) => reader.say({ ...hello, token: await token(), admin: true }),
  },
  {
    name: 'a hello with U+0000 in a name',
    code: 4010,
    do: async (reader) => reader.say({ ...hello, token: await token(), client: { id: 'a\u0000b' } }),
  },
  {
    name: 'a hello with half an emoji',
    code: 4010,
    do: async (reader) =>
      reader.say(`{"t":"hello","v":1,"token":"${await token()}","client":{"id":"\\ud83d"},"subs":[]}`),
  },
  {
    name: 'a hello with 33 topics',
    code: 4010,
    do: async (reader) =>
      reader.hello(
        await token(),
        Array.from({ length: 33 }, (_, index) => `station:s${index}`),
      ),
  },
  {
    name: 'a hello of another version',
    code: 4005,
    do: async (reader) => reader.say({ ...hello, v: 2, token: await token() }),
  },
  { name: 'another subprotocol', code: 4005, protocols: ['heard.v2'], do: () => undefined },
  { name: 'no subprotocol', code: 4005, protocols: [], do: () => undefined },
  { name: 'a token that is no token', code: 4001, do: (reader) => reader.hello('let me in') },
  {
    name: 'a token signed with another secret',
    code: 4001,
    do: async (reader) => reader.hello(await mintToken('another secret', KITCHEN, 900)),
  },
  {
    name: 'a token whose claims were changed',
    code: 4001,
    do: async (reader) => reader.hello(forge(await token())),
  },
  {
    name: 'a token of the algorithm none',
    code: 4001,
    do: async (reader) => reader.hello(unsigned(await token())),
  },
  { name: 'an expired token', code: 4001, do: async (reader) => reader.hello(await token({}, -5)) },
  {
    name: 'the token of another location',
    code: 4004,
    do: async (reader) => reader.hello(await token({ loc: 'other-place' })),
  },
  {
    name: "another tenant's location, by a token of the own organization",
    code: 4004,
    location: 'other-place',
    do: async (reader) => reader.hello(await token({ loc: undefined, role: 'owner' }), ['kitchen']),
  },
  {
    name: 'another organization at this location',
    code: 4004,
    do: async (reader) => reader.hello(await token({ org: 'other' }), ['kitchen']),
  },
  {
    name: 'a location that does not exist',
    code: 4004,
    location: 'nowhere',
    do: async (reader) => reader.hello(await token({ loc: undefined, role: 'owner' }), ['kitchen']),
  },
  {
    name: 'a topic that does not exist',
    code: 4004,
    do: async (reader) => reader.hello(await token(), ['cellar']),
  },
  {
    name: 'a station that does not exist',
    code: 4004,
    do: async (reader) => reader.hello(await token(), ['station:moon']),
  },
  {
    name: 'a topic with letters that a close frame has no room for',
    code: 4004,
    do: async (reader) => reader.hello(await token(), ['é'.repeat(80)]),
  },
  {
    name: 'a topic that the kitchen may not read',
    code: 4004,
    do: async (reader) => reader.hello(await token(), ['pos']),
  },
  {
    name: 'a station for a waiter',
    code: 4004,
    do: async (reader) => reader.hello(await token({ role: 'waiter' }), ['station:grill']),
  },
  {
    name: 'any topic for a partner',
    code: 4004,
    do: async (reader) => reader.hello(await token({ role: 'partner' }), ['kitchen']),
  },
  {
    name: "a guest in somebody else's order",
    code: 4004,
    do: async (reader) =>
      reader.hello(await token({ role: 'guest', ord: id('order', 1) }), [`order:${id('order', 2)}`]),
  },
  {
    name: 'a guest in the kitchen',
    code: 4004,
    do: async (reader) => reader.hello(await token({ role: 'guest', ord: id('order', 1) }), ['kitchen']),
  },
  {
    name: 'a second hello',
    code: 4010,
    joined: ['kitchen'],
    do: async (reader) => reader.hello(await token()),
  },
  { name: 'a sub without a topic', code: 4010, joined: [], do: (reader) => reader.say({ t: 'sub' }) },
  {
    name: 'a sub to a topic that the role may not read',
    code: 4004,
    joined: ['kitchen'],
    do: (reader) => reader.say({ t: 'sub', topic: 'manager', after: null }),
  },
  {
    name: 'an ack of a topic that was not asked for',
    code: 4010,
    joined: ['kitchen'],
    do: (reader) =>
      reader.say({
        t: 'ack',
        topic: 'station:grill',
        cursor: reader.replica('kitchen').cursor,
        painted: true,
        visible: true,
      }),
  },
  {
    name: 'an ack with a cursor that is none',
    code: 4010,
    joined: ['kitchen'],
    do: (reader) => reader.say({ t: 'ack', topic: 'kitchen', cursor: 'abc', painted: true, visible: true }),
  },
  {
    name: 'an ack with the cursor of another topic',
    code: 4010,
    joined: ['kitchen', 'station:grill'],
    do: (reader) =>
      reader.say({
        t: 'ack',
        topic: 'kitchen',
        cursor: reader.replica('station:grill').cursor,
        painted: true,
        visible: true,
      }),
  },
  {
    name: 'an ack above what was sent',
    code: 4010,
    joined: ['kitchen'],
    do: (reader) =>
      reader.say({
        t: 'ack',
        topic: 'kitchen',
        cursor: ahead(reader.replica('kitchen').cursor ?? ''),
        painted: true,
        visible: true,
      }),
  },
  {
    name: 'an ack without saying whether it was painted',
    code: 4010,
    joined: ['kitchen'],
    do: (reader) => reader.say({ t: 'ack', topic: 'kitchen', cursor: reader.replica('kitchen').cursor }),
  },
  { name: 'a pong without a ping', code: 4010, joined: [], do: (reader) => reader.say({ t: 'pong', n: 99 }) },
  {
    name: 'an auth with a forged token',
    code: 4001,
    joined: ['kitchen'],
    do: async (reader) => reader.say({ t: 'auth', token: forge(await token()) }),
  },
  {
    name: 'an auth with the token of somebody else',
    code: 4001,
    joined: ['kitchen'],
    do: async (reader) => reader.say({ t: 'auth', token: await token({ sub: 'staff:eve' }) }),
  },
  {
    name: 'an auth with the token of another organization',
    code: 4001,
    joined: ['kitchen'],
    do: async (reader) => reader.say({ t: 'auth', token: await token({ org: 'other' }) }),
  },
  {
    name: 'an auth with the token of another location',
    code: 4001,
    joined: ['kitchen'],
    do: async (reader) => reader.say({ t: 'auth', token: await token({ loc: 'other-place' }) }),
  },
  {
    name: 'an auth with another role',
    code: 4202,
    joined: ['kitchen'],
    do: async (reader) => reader.say({ t: 'auth', token: await token({ role: 'expo' }) }),
  },
  {
    name: 'a flood of frames',
    code: 4010,
    joined: [],
    do: (reader) => void Array.from({ length: 80 }, () => reader.say({ t: 'unsub', topic: 'kitchen' })),
  },
];

function payloadOf(jwt: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString());
}

function forge(jwt: string): string {
  const [head, , signature] = jwt.split('.');
  return [
    head,
    Buffer.from(JSON.stringify({ ...payloadOf(jwt), role: 'owner' })).toString('base64url'),
    signature,
  ].join('.');
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
  test.each(misdeeds)(
    '[F29] $name: bye and close $code, and the log does not move',
    async ({ code, do: misbehave, joined, claims, location, protocols }) => {
      at.place();
      const { head } = at.house.kitchen.state;
      const reader =
        joined === undefined
          ? await at.dial({
              ...(location !== undefined && { location }),
              ...(protocols !== undefined && { protocols }),
            })
          : await at.join(joined, claims);
      if (joined !== undefined)
        await expect.poll(() => joined.every((topic) => reader.replica(topic).cursor !== null)).toBe(true);
      await misbehave(reader);
      expect(await reader.end()).toEqual({ code, bye: code });
      expect(at.house.kitchen.state.head).toBe(head);
      expect(at.house.heard).toEqual([]);
      await expect.poll(() => at.house.feed.load.subscriptions).toBe(0);
      await expect.poll(() => at.streams.load.sockets).toBe(0);
    },
  );
});
