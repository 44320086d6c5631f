import { describe, expect, it } from 'vitest';
import { ageAt, createClock } from './clock.ts';

const NOW = Date.parse('2026-01-31T18:00:00Z');
const iso = (millis: number) => new Date(millis).toISOString();

describe('the clock', () => {
  it('[C80] takes the median of the last five, so that one late frame moves nothing', () => {
    const clock = createClock(() => NOW);
    expect(clock.known()).toBe(false);
    expect(clock.serverNow()).toBe(NOW);
    for (const offset of [5000, 5010, 4990, 5000]) clock.heardTime(iso(NOW + offset));
    expect(clock.known()).toBe(true);
    expect(clock.serverNow()).toBe(NOW + 5000);
    clock.heardTime(iso(NOW - 60_000));
    expect(clock.serverNow()).toBe(NOW + 5000);
    for (let n = 0; n < 5; n += 1) clock.heardTime(iso(NOW + 90_000));
    expect(clock.serverNow()).toBe(NOW + 90_000);
  });

  it('[C81] adds half of the shortest round trip', () => {
    const clock = createClock(() => NOW);
    clock.tookRoundTrip(400);
    expect(clock.serverNow()).toBe(NOW);
    clock.heardTime(iso(NOW + 1000));
    expect(clock.serverNow()).toBe(NOW + 1200);
    clock.tookRoundTrip(100);
    clock.tookRoundTrip(9000);
    clock.tookRoundTrip(-5);
    // Less than before by a little: it stands rather than go back.
    expect(clock.serverNow()).toBe(NOW + 1200);
  });

  it('[C82] never counts down for a small correction, but follows a large one', () => {
    let now = NOW;
    const clock = createClock(() => now);
    clock.heardTime(iso(NOW + 1500));
    expect(clock.serverNow()).toBe(NOW + 1500);
    for (let n = 0; n < 5; n += 1) clock.heardTime(iso(NOW));
    expect(clock.serverNow()).toBe(NOW + 1500);
    now += 2000;
    expect(clock.serverNow()).toBe(NOW + 2000);
    now = NOW - 3_600_000;
    expect(clock.serverNow()).toBe(NOW - 3_600_000);
  });

  it('[C83] ages are never negative, and none where there is no time', () => {
    expect(ageAt(iso(NOW), NOW + 61_000)).toBe(61_000);
    expect(ageAt(iso(NOW + 5000), NOW)).toBe(0);
    expect([ageAt(null, NOW), ageAt(undefined, NOW), ageAt('soon', NOW)]).toEqual([null, null, null]);
  });

  it('[C84] ignores a time that is none', () => {
    const clock = createClock(() => NOW);
    clock.heardTime('yesterday');
    expect(clock.known()).toBe(false);
  });

  it('[C249] tells for how long a frame was on its way, beyond the quickest of its connection', () => {
    let now = NOW;
    const clock = createClock(() => now);
    clock.heardTime(iso(NOW + 90_000), true);
    now += 15_000;
    clock.heardTime(iso(now + 90_000));
    expect(clock.lateness()).toBe(0);
    now += 30_000;
    clock.heardTime(iso(now + 90_000 - 12_000));
    expect(clock.lateness()).toBe(12_000);
    // The tablet's clock was set: only another connection can tell, and it starts anew.
    now -= 3_600_000;
    clock.heardTime(iso(NOW + 60_000), true);
    expect(clock.lateness()).toBe(0);
  });
});
