import { expect, it } from 'vitest';
import { untilSo } from './patience.ts';

it('[HS30] a start is waited for while the machine is full, and what for is said again and again', async () => {
  const lines: string[] = [];
  const say = (line: string): void => void lines.push(line);
  let asked = 0;
  await untilSo(() => (asked += 1) > 6, {
    what: () => `it is asked ${asked} times`,
    pollMs: 5,
    sayEveryMs: 8,
    say,
  });
  expect(lines.length).toBeGreaterThan(1);
  expect(lines[0]).toMatch(/^waiting for \d+ s until it is asked \d times$/);
  const never = untilSo(() => false, { what: () => 'pigs fly', pollMs: 1, withinMs: 20, say });
  await expect(never).rejects.toThrow('it did not come within 0 s that pigs fly');
  const broken = untilSo(() => Promise.reject(new Error('it ended')), { what: () => 'pigs fly', say });
  await expect(broken).rejects.toThrow('it ended');
});
