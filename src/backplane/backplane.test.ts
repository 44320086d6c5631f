import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { haveRedis } from '../testkit/have.ts';
import { freePort } from '../testkit/ports.ts';
import { startRedis } from '../testkit/redis.ts';
import type { TestRedis } from '../testkit/redis.ts';
import { createHub } from './inProcess.ts';
import { createRedisBackplane } from './redis.ts';
import { describeBackplane } from './testing/contract.ts';
import type { Backplane } from './types.ts';

const hub = createHub();
describeBackplane('in one process', async () => hub.connect(), {
  cut: async () => hub.setUp(false),
  heal: async () => hub.setUp(true),
});

describe.skipIf(haveRedis() === undefined)('over Redis', () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.dispose());

  async function connect(canaryMs = 5_000): Promise<Backplane> {
    const backplane = createRedisBackplane({ url: redis.url, canaryMs });
    backplane.start();
    await expect.poll(() => backplane.isUp, { timeout: 5_000 }).toBe(true);
    return backplane;
  }

  describeBackplane('Redis', connect, { cut: () => redis.stop(), heal: () => redis.start() });

  it('[ND4] a Redis that hangs with its connections open is found out by the canary, and found again', async () => {
    const node = await connect(100);
    let joins = 0;
    node.join('brasa', { heard: () => undefined, joined: () => void (joins += 1) });
    await expect.poll(() => joins).toBe(1);
    redis.pause();
    await expect.poll(() => node.isUp, { timeout: 3_000 }).toBe(false);
    redis.resume();
    await expect.poll(() => node.isUp, { timeout: 10_000 }).toBe(true);
    await expect.poll(() => joins).toBeGreaterThan(1);
    await node.stop();
  });

  it('[ND4] a listening connection that Redis drops quietly is made again at once', async () => {
    const [talker, listener] = [await connect(), await connect()];
    const words: string[] = [];
    let joins = 0;
    listener.join('brasa', { heard: (text) => words.push(text), joined: () => void (joins += 1) });
    await expect.poll(() => joins).toBe(1);
    expect(await redis.command('CLIENT', 'KILL', 'TYPE', 'pubsub')).toMatch(/^:[1-9]/);
    await expect.poll(() => joins, { timeout: 5_000 }).toBe(2);
    talker.say('brasa', 'still here');
    await expect.poll(() => words, { timeout: 5_000 }).toEqual(['still here']);
    await Promise.all([talker.stop(), listener.stop()]);
  });

  it('[ND5] a node starts without Redis, says so once, and finds it when it comes', async () => {
    const port = await freePort();
    const lines: string[] = [];
    const node = createRedisBackplane({
      url: `redis://127.0.0.1:${port}`,
      report: (message) => lines.push(message),
    });
    node.start();
    node.join('brasa', { heard: () => undefined });
    node.say('brasa', 'nobody hears');
    await sleep(600);
    expect(node.isUp).toBe(false);
    expect(lines).toEqual(['Redis cannot be reached: this node asks PostgreSQL four times a second instead']);
    await node.stop();
  });

  it('[ND5] words that Redis does not take are dropped, not kept', async () => {
    let dropped = 0;
    const node = createRedisBackplane({ url: redis.url, dropped: () => void (dropped += 1) });
    node.start();
    await expect.poll(() => node.isUp, { timeout: 5_000 }).toBe(true);
    redis.pause();
    const word = 'x'.repeat(64 * 1024);
    for (let n = 0; n < 100; n += 1) node.say('brasa', word);
    expect(dropped).toBeGreaterThan(30);
    redis.resume();
    await expect.poll(() => (node.say('brasa', word), node.isHeard('brasa'))).toBe(false);
    await node.stop();
  });
});
