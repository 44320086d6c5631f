import { describe, expect, test } from 'vitest';
import type { TrackingView } from '../../domain/entities.ts';
import { broughtBy, spotOf } from './courier.ts';

const NOW = Date.parse('2026-01-01T20:00:00.000Z');
const at = (minutes: number): string => new Date(NOW + minutes * 60_000).toISOString();
type Told = NonNullable<TrackingView['courier']>;
const told = (state: Told['state'], more: Partial<Told> = {}) =>
  broughtBy({ courier: { state, at: at(-5), name: 'Dana', eta: null, batched: false, ...more } }, NOW);

describe('who brings it', () => {
  test('[PL39] is told from what is known: no time is made up, and nobody stands at the door before it is said', () => {
    expect(broughtBy({}, NOW)).toBeNull();
    expect(told('requested')).toMatchObject({ word: 'sought', at: null, along: 0 });
    expect(told('at_pickup', { eta: at(-1) })).toMatchObject({ word: 'here', at: null, along: 0.5 });
    expect(told('to_dropoff')).toMatchObject({ word: 'yours', at: null, along: 0.6 });
    expect(told('to_dropoff', { eta: at(5) })).toMatchObject({ at: NOW + 300_000, along: 0.8 });
    // Long expected and not there yet.
    expect(told('to_dropoff', { at: at(-30), eta: at(-10) })?.along).toBe(0.93);
    expect(told('at_dropoff', { eta: at(-1) })).toMatchObject({ word: 'door', at: null, along: 1 });
    expect(told('returned', { batched: true })).toMatchObject({ word: 'back', batched: false });
    expect(told('cancelled')).toMatchObject({ word: 'sought', along: 0 });
  });

  test('[PL39] moves on between two times that are known, and never past the house before it has the food', () => {
    const along = (minutes: number): number =>
      broughtBy(
        { courier: { state: 'to_pickup', at: at(0), name: null, eta: at(10), batched: false } },
        NOW + minutes * 60_000,
      )?.along ?? -1;
    const way = [0, 3, 6, 9, 12, 40].map(along);
    expect(way).toEqual(way.toSorted((a, b) => a - b));
    expect(Math.max(...way)).toBeLessThan(0.5);
  });

  test('[PL39] was seen somewhere at a time, and moves when that is another place', () => {
    const said = (lat: number, time: string) => ({ lat, lng: -74, at: time });
    const first = spotOf(null, said(40.72, at(-1)));
    expect(first).toEqual({ lat: 40.72, lng: -74, at: NOW - 60_000, moves: false });
    expect(spotOf(first, said(40.72, at(-1)))).toBe(first);
    expect(spotOf(first, said(40.7201, at(0)))?.moves).toBe(false);
    expect(spotOf(first, said(40.724, at(0)))?.moves).toBe(true);
    expect(spotOf(first, undefined)).toBeNull();
    for (const bad of [{}, { lat: '1', lng: 2, at: at(0) }, said(1, 'noon')])
      expect(spotOf(first, bad)).toBe(first);
  });
});
