import { describe, expect, test } from 'vitest';
import type { TrackingView } from '../../domain/entities.ts';
import type { ConnectionView } from '../../sdk/reader.ts';
import { badgeOf, forward, headOf, nameOf, wayOf, wayTo } from './tracking.ts';

const STEPS = ['received', 'confirmed', 'preparing', 'ready', 'handed_over'] as const;
const AT = '2026-01-01T19:35:00.000Z';
const NOW = Date.parse('2026-01-01T19:40:00.000Z');

function view(step: TrackingView['step'], more: Partial<TrackingView> = {}): TrackingView {
  const index = STEPS.indexOf(step);
  return {
    kind: 'tracking',
    id: 'o1',
    version: index + 1,
    number: 84,
    type: 'takeout',
    step,
    steps: STEPS.map((one, place) => ({
      step: one,
      state: place < index ? 'done' : place === index ? 'active' : 'pending',
      ...(place <= index && { at: AT }),
    })),
    ready: index,
    things: 6,
    items: [],
    location: { name: 'La Esquina', timezone: 'UTC', language: 'es' },
    ...more,
  };
}

const line = (word: ConnectionView['word'], lastProofAt: number | null): ConnectionView =>
  ({ word, lastProofAt }) as ConnectionView;

describe('what the page shows next', () => {
  test('[T40] is never a step back, whatever an older node or a restored database says', () => {
    const shown = view('ready', { ready: 6 });
    const back = forward(
      shown,
      view('preparing', { ready: 2, version: 9, trouble: { kind: 'mending', since: AT } }),
    );
    expect(back).toMatchObject({
      step: 'ready',
      steps: shown.steps,
      ready: 6,
      version: 9,
      trouble: { kind: 'mending' },
    });
    expect(forward(shown, view('preparing', { ready: 2, things: 3 })).ready).toBe(3);
    expect(forward(shown, view('handed_over')).step).toBe('handed_over');
    expect(forward(null, view('received')).step).toBe('received');
  });

  test('[T40] a cancelled order is shown as it is, and another order begins anew', () => {
    const cancelled = view('received', { ended: 'cancelled', cancelled: { at: AT } });
    expect(forward(view('ready'), cancelled)).toBe(cancelled);
    expect(forward(view('ready'), view('received', { id: 'o2' })).step).toBe('received');
  });
});

describe('the badge', () => {
  test('[T41] says live only while frames come by themselves, and always how old the proof is', () => {
    expect(badgeOf(line('live', NOW - 3_000), false, NOW)).toEqual({ state: 'live', age: 3_000 });
    expect(badgeOf(line('polling', NOW - 9_000), false, NOW)).toEqual({ state: 'polling', age: 9_000 });
    for (const word of ['offline', 'catching_up', 'connecting', 'blocked'] as const)
      expect(badgeOf(line(word, NOW - 40_000), false, NOW)).toEqual({ state: 'reconnecting', age: 40_000 });
    expect(badgeOf(line('live', NOW + 2_000), false, NOW)).toEqual({ state: 'live', age: 0 });
    expect(badgeOf(line('connecting', null), false, NOW)).toEqual({ state: 'connecting' });
    expect(badgeOf(null, false, NOW)).toEqual({ state: 'connecting' });
    expect(badgeOf(line('live', NOW), true, NOW)).toEqual({ state: 'ended' });
  });
});

describe('the largest thing on the page', () => {
  test('[T42] is the range, late when its end has passed, and what became of the order after it', () => {
    const eta = { from: '2026-01-01T19:52:00.000Z', to: '2026-01-01T20:00:00.000Z' };
    expect(headOf(view('preparing', { eta }), NOW)).toMatchObject({
      show: 'range',
      isLate: false,
      why: null,
    });
    expect(
      headOf(view('preparing', { eta: { ...eta, why: 'added' } }), Date.parse(eta.to) + 1),
    ).toMatchObject({
      isLate: true,
      why: 'added',
    });
    expect(headOf(view('received'), NOW)).toEqual({ show: 'soon', at: null });
    expect(headOf(view('ready'), NOW)).toEqual({ show: 'ready', at: Date.parse(AT) });
    expect(headOf(view('ready', { eta }), NOW).show).toBe('range');
    expect(headOf(view('handed_over', { ended: 'handed_over' }), NOW)).toEqual({
      show: 'done',
      at: Date.parse(AT),
    });
    // A courier is still followed to the door; something is made again.
    expect(headOf(view('handed_over'), NOW).show).toBe('done');
    expect(headOf(view('handed_over', { eta, trouble: { kind: 'mending', since: AT } }), NOW).show).toBe(
      'range',
    );
    expect(headOf(view('preparing', { ended: 'closed' }), NOW).show).toBe('closed');
    expect(
      headOf(view('ready', { ended: 'cancelled', cancelled: { at: AT, reason: 'no bread' } }), NOW),
    ).toEqual({
      show: 'cancelled',
      at: Date.parse(AT),
      reason: 'no bread',
    });
  });

  test('[T42] the order is called as its platform calls it, and its last steps as it reaches its guest', () => {
    expect(nameOf({ number: 84 })).toBe('#84');
    expect(wayTo('Calle 5 & 6, #2')).toMatch(/query=Calle%205%20%26%206%2C%20%232$/);
    expect(nameOf({ number: 84, displayId: 'B7K2' })).toBe('B7K2');
    expect([wayOf('takeout'), wayOf('counter'), wayOf('delivery'), wayOf('dine_in')]).toEqual([
      'pickup',
      'pickup',
      'courier',
      'table',
    ]);
  });
});
