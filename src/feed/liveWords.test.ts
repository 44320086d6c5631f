import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createHub } from '../backplane/inProcess.ts';
import { createNeighbours, roomsOf } from '../backplane/neighbours.ts';
import { burger, id } from '../testkit/kitchen.ts';
import { type LiveWord, type LiveWords, createLiveWords } from './liveWords.ts';
import { KitchenFeed, TestSink, reader } from './testing/kitchenFeed.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-11-22T19:00:00.000Z') });
});
afterEach(() => {
  vi.useRealTimers();
});

const sleep = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

type TestNode = {
  words: LiveWords;
  told: string[];
  open(): void;
  say(text: string | null, more?: object): void;
};

function node(hub: ReturnType<typeof createHub>): TestNode {
  const told: string[] = [];
  const neighbours = createNeighbours({
    redisUrl: undefined,
    backplane: hub.connect(),
    locations: () => ({
      offer: () => undefined,
      look: async () => undefined,
      pollHeadsEvery: () => undefined,
    }),
    readCourtesy: () => null,
  });
  const words = createLiveWords({
    emit: (_location, data) => told.push(...data.map(({ data: json }) => json)),
    now: () => Date.now(),
    rooms: roomsOf(neighbours),
  });
  neighbours.start();
  return {
    words,
    told,
    open: () => neighbours.opened({ id: 'brasa' }),
    say: (text, more) => words.say('brasa', word(text, more)),
  };
}

function word(data: unknown, more: Partial<LiveWord> = {}): LiveWord {
  return { kind: 'transcript', id: 'call-1', data, topics: ['host'], ...more };
}

const standing = ({ words }: TestNode, topic = 'host'): string[] =>
  words.standing('brasa', topic).map(({ data }) => data);

test('[CA1] a word that is said on one node is heard on the others, and told to whoever comes later', async () => {
  const hub = createHub();
  const [here, there, later] = [node(hub), node(hub), node(hub)];
  here.open();
  there.open();
  await sleep(1);
  here.say('Hi');
  await sleep(1);
  expect(here.told).toEqual(['"Hi"']);
  expect(there.told).toEqual(['"Hi"']);
  expect(standing(there)).toEqual(['"Hi"']);
  expect(standing(there, 'kitchen')).toEqual([]);
  later.open();
  await sleep(10);
  expect(standing(later)).toEqual(['"Hi"']);
  here.say(null);
  await sleep(200);
  expect(standing(later)).toEqual([]);
  expect(there.told.at(-1)).toBe('null');
});

test('[CA1] an older word changes nothing, on whichever node and however late it comes', async () => {
  const hub = createHub();
  const [here, there] = [node(hub), node(hub)];
  here.open();
  there.open();
  await sleep(1);
  here.say('both sentences', { order: 2 });
  await sleep(150);
  there.say('one sentence', { order: 1 });
  await sleep(150);
  for (const one of [here, there]) expect(standing(one)).toEqual(['"both sentences"']);
  here.say(null, { order: Number.MAX_SAFE_INTEGER });
  await sleep(150);
  there.say('three sentences', { order: 3 });
  await sleep(150);
  for (const one of [here, there]) expect(standing(one)).toEqual([]);
});

test('[CA2] words that come faster than anybody reads are passed on ten times a second, and the last one always', async () => {
  const { words, told, say } = node(createHub());
  for (let index = 0; index <= 100; index += 1) {
    say(String(index));
    await sleep(10);
  }
  await sleep(100);
  expect(told.length).toBeGreaterThanOrEqual(10);
  expect(told.length).toBeLessThanOrEqual(12);
  expect(told.at(-1)).toBe('"100"');
  words.say('brasa', word('x'.repeat(20_000), { id: 'too long' }));
  expect(words.standing('brasa', 'host')).toHaveLength(1);
});

test('[CA2] what is not said again is over, and no more is kept than a bound', async () => {
  const one = node(createHub());
  one.say('Hi');
  await sleep(14 * 60_000);
  expect(standing(one)).toEqual(['"Hi"']);
  await sleep(90_000);
  expect(standing(one)).toEqual([]);
  expect(one.told.at(-1)).toBe('null');
  for (let index = 0; index < 600; index += 1) one.say('x', { id: `call-${index}` });
  expect(standing(one)).toHaveLength(500);
});

test('[CA1] a reader of the topic gets it as a live frame, when it comes and when it is said; a guest that of its own order', async () => {
  vi.useRealTimers();
  const made: { words?: LiveWords } = {};
  const place = new KitchenFeed({
    presence: {
      stir: () => undefined,
      standing: (location, topic) => made.words?.standing(location, topic) ?? [],
    },
  });
  made.words = createLiveWords({ emit: (...said) => place.feed.emit(...said), now: () => Date.now() });
  const order = id('order', 1);
  place.kitchen.do('order.place', { order: { id: order, type: 'takeout', items: [burger(1)] } });
  place.tell();
  made.words.say('small-place', word('before'));
  const host = new TestSink();
  const guest = new TestSink();
  await place.feed.attach(reader({ session: 'host', role: 'host' }), 'host', null, host);
  await place.feed.attach(
    reader({ session: 'guest', role: 'guest', actor: { id: 'guest:1', role: 'guest' }, order }),
    `order:${order}`,
    null,
    guest,
  );
  made.words.say('small-place', word({ at: 'the corner' }, { id: 'rider', topics: [`order:${order}`] }));
  const live = ({ frames }: TestSink): unknown[] => frames.filter(({ t }) => t === 'live');
  expect(live(host)).toEqual([
    { t: 'live', topic: 'host', kind: 'transcript', id: 'call-1', data: 'before' },
  ]);
  expect(live(guest)).toEqual([
    { t: 'live', topic: `order:${order}`, kind: 'transcript', id: 'rider', data: { at: 'the corner' } },
  ]);
  made.words.stop();
});
