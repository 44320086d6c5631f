import { describe, expect, it } from 'vitest';
import { pressRules, type PressState } from './press.ts';

const finger = (x: number, y: number, width = 20) => ({ x, y, pointer: 1, width, button: 0 });
const fresh = (): PressState => ({ at: null, actedAt: -Infinity });

describe('touch with wet hands', () => {
  it('[S6] acts when the finger lifts inside, within 24 px of where it came down', () => {
    const state = fresh();
    expect(pressRules.begin(state, finger(10, 10), 0)).toBe(true);
    expect(pressRules.end(state, { ...finger(30, 20), inside: true }, 80)).toBe(true);
  });

  it('[S6] a slide, a lift outside and a broad contact do nothing', () => {
    const slid = fresh();
    pressRules.begin(slid, finger(10, 10), 0);
    expect(pressRules.end(slid, { ...finger(35, 10), inside: true }, 80)).toBe(false);
    const outside = fresh();
    pressRules.begin(outside, finger(10, 10), 0);
    expect(pressRules.end(outside, { ...finger(12, 10), inside: false }, 80)).toBe(false);
    expect(pressRules.begin(fresh(), finger(10, 10, 61), 0)).toBe(false);
  });

  it('[S6] a second touch on the same target within 300 ms is a bounce', () => {
    const state = fresh();
    pressRules.begin(state, finger(10, 10), 0);
    pressRules.end(state, { ...finger(10, 10), inside: true }, 50);
    expect(pressRules.begin(state, finger(10, 10), 300)).toBe(false);
    expect(pressRules.begin(state, finger(10, 10), 351)).toBe(true);
  });

  it('[S6] a key takes the same digit twice as fast as a finger can', () => {
    const state = fresh();
    pressRules.begin(state, finger(10, 10), 0, true);
    pressRules.end(state, { ...finger(10, 10), inside: true }, 50);
    expect(pressRules.begin(state, finger(10, 10), 100, true)).toBe(false);
    expect(pressRules.begin(state, finger(10, 10), 160, true)).toBe(true);
  });
});
