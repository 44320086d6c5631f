import { describe, expect, it } from 'vitest';
import { PRIORITY, REPEAT, hush, lengthOf, notesOf, ring, silent, strike, type Bell } from './sound.ts';

/** Plays a bell for some seconds and writes down what was heard when. */
function listen(bell: Bell, seconds: number, from = 0): { heard: string[]; bell: Bell } {
  const heard: string[] = [];
  let now = bell;
  for (let at = from; at <= from + seconds * 1000; at += 250) {
    const struck = strike(now, at);
    now = struck.bell;
    if (struck.sound) heard.push(`${struck.sound.name}${struck.sound.louder ? '!' : ''}@${at / 1000}`);
  }
  return { heard, bell: now };
}

describe('the six sounds', () => {
  it('[S32] lie where a kitchen leaves room, and differ in rhythm', () => {
    expect(new Set(PRIORITY).size).toBe(6);
    for (const name of PRIORITY) {
      for (const note of notesOf(name)) expect(note.pitch).toBeLessThanOrEqual(2400);
      expect(lengthOf(name)).toBeLessThan(1500);
    }
    expect(notesOf('new').map(({ pitch, lasts }) => [pitch, lasts])).toEqual([
      [880, 120],
      [1319, 220],
    ]);
    expect(
      new Set(PRIORITY.map((name) => JSON.stringify(notesOf(name).map(({ at, lasts }) => [at, lasts])))).size,
    ).toBe(6);
  });

  it('[S33] a burst plays once, and the stronger goes first with 1.5 s between', () => {
    let bell = silent;
    for (const id of ['a', 'b', 'c']) bell = ring(bell, id, 'new', 0);
    bell = ring(bell, 'd', 'rush', 0);
    expect(listen(bell, 10).heard).toEqual(['rush@0', 'new@1.5']);
  });

  it('[S34] new repeats every 20 s until touched; add-on and late never do; rush comes again once', () => {
    expect(listen(ring(silent, 'a', 'new', 0), 45).heard).toEqual(['new@0', 'new@20', 'new@40']);
    expect(listen(ring(silent, 'a', 'addOn', 0), 60).heard).toEqual(['addOn@0']);
    expect(listen(ring(silent, 'a', 'late', 0), 60).heard).toEqual(['late@0']);
    expect(listen(ring(silent, 'a', 'rush', 0), 90).heard).toEqual(['rush@0', 'rush@20']);
    const first = listen(ring(silent, 'a', 'new', 0), 5);
    expect(listen(hush(first.bell, 'a'), 60, 5250).heard).toEqual([]);
  });

  it('[S34] a change that nobody taps grows louder after 30 s; a lost line calls every minute', () => {
    expect(listen(ring(silent, 'a', 'change', 0), 41).heard).toEqual(['change@0', 'change@20', 'change!@40']);
    expect(listen(ring(silent, 'line', 'lost', 0), 121).heard).toEqual(['lost@0', 'lost@60', 'lost@120']);
    expect(REPEAT.lost?.every).toBe(60_000);
  });

  it('[S33] the same cause asks once', () => {
    const bell = ring(silent, 'a', 'new', 0);
    expect(ring(bell, 'a', 'new', 100)).toBe(bell);
    expect(hush(bell, 'b')).toBe(bell);
  });
});
