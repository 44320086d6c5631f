import { describe, expect, it } from 'vitest';
import { station } from '../../testkit/entities.ts';
import { linksOf, placeOf } from './places.ts';

describe('the first page', () => {
  it('[W23] names every screen of a location, a kitchen for each station that is one', () => {
    const place = placeOf('brasa', {
      entities: [station('grill'), station('unrouted'), { kind: 'ticket', id: 't' }],
    });
    expect(place?.name).toBe('Brasa Café');
    expect(place && linksOf(place).map(({ href }) => href)).toEqual([
      '/pos?location=brasa',
      '/kitchen/grill?location=brasa',
      '/expo?location=brasa',
      '/floor?location=brasa',
      '/host?location=brasa',
      '/manager?location=brasa',
      '/setup?location=brasa',
    ]);
  });

  it('[W23] an answer that is no snapshot is no place', () => {
    for (const answer of [null, {}, { entities: 'many' }]) expect(placeOf('x', answer)).toBeNull();
    expect(placeOf('x', { entities: [null, {}] })).toEqual({ id: 'x', name: 'x', stations: [] });
  });
});
