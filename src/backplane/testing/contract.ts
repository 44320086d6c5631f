import { afterEach, describe, expect, it } from 'vitest';
import type { Backplane } from '../types.ts';

/** What every backplane keeps, whatever carries it. `connect` answers a node that is started and up. */
export function describeBackplane(
  name: string,
  connect: () => Promise<Backplane>,
  away: { cut(): Promise<void>; heal(): Promise<void> },
): void {
  describe(`a backplane: ${name}`, () => {
    const open: Backplane[] = [];
    const node = async (): Promise<Backplane> => {
      const one = await connect();
      open.push(one);
      return one;
    };
    afterEach(async () => {
      await Promise.all(open.splice(0).map((one) => one.stop()));
    });

    it('[ND1] what one node says on a channel the others that joined it hear, in order, and it does not hear itself', async () => {
      const [first, second, third] = [await node(), await node(), await node()];
      const at = { first: await joined(first, 'brasa'), second: await joined(second, 'brasa') };
      const other = await joined(third, 'esquina');
      for (let n = 0; n < 200; n += 1) first.say('brasa', `word ${n} ñ 🔥`);
      second.say('brasa', 'from the second');
      await expect.poll(() => at.second.words.length).toBe(200);
      await expect.poll(() => at.first.words).toEqual(['from the second']);
      expect(at.second.words).toEqual(Array.from({ length: 200 }, (_, n) => `word ${n} ñ 🔥`));
      expect(new Set(at.second.nodes)).toEqual(new Set([first.node]));
      expect(other.words).toEqual([]);
    });

    it('[ND1] a channel that was left is not heard any more, and can be joined again', async () => {
      const [first, second] = [await node(), await node()];
      const left = await joined(second, 'brasa');
      left.leave();
      const marker = await joined(second, 'marker');
      first.say('brasa', 'nobody');
      first.say('marker', 'passed');
      await expect.poll(() => marker.words).toEqual(['passed']);
      expect(left.words).toEqual([]);
      const again = await joined(second, 'brasa');
      first.say('brasa', 'hello');
      await expect.poll(() => again.words).toEqual(['hello']);
    });

    it('[ND2] a node knows whether its last word on a channel reached anybody', async () => {
      const [first, second] = [await node(), await node()];
      await joined(first, 'brasa');
      first.say('brasa', 'alone');
      await expect.poll(() => first.isHeard('brasa')).toBe(false);
      await joined(second, 'brasa');
      first.say('brasa', 'not alone');
      await expect.poll(() => first.isHeard('brasa')).toBe(true);
    });

    it('[ND3] while it is away words are lost without an error; afterwards every channel is joined again and its listeners are told', async () => {
      const [first, second] = [await node(), await node()];
      const heard = await joined(second, 'brasa');
      const changes: boolean[] = [];
      second.onChange((isUp) => changes.push(isUp));
      const before = heard.joins();
      await away.cut();
      await expect.poll(() => first.isUp || second.isUp, { timeout: 5_000 }).toBe(false);
      first.say('brasa', 'lost');
      await away.heal();
      await expect.poll(() => first.isUp && second.isUp, { timeout: 10_000 }).toBe(true);
      await expect.poll(() => heard.joins(), { timeout: 5_000 }).toBeGreaterThan(before);
      first.say('brasa', 'back');
      await expect.poll(() => heard.words).toEqual(['back']);
      expect(changes).toEqual([false, true]);
    });
  });
}

type Ear = { words: string[]; nodes: string[]; joins(): number; leave(): void };

async function joined(backplane: Backplane, channel: string): Promise<Ear> {
  const words: string[] = [];
  const nodes: string[] = [];
  let joins = 0;
  const leave = backplane.join(channel, {
    heard(text, from) {
      words.push(text);
      nodes.push(from);
    },
    joined: () => void (joins += 1),
  });
  await expect.poll(() => joins).toBe(1);
  return { words, nodes, joins: () => joins, leave };
}
