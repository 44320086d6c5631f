import { expect, test } from 'vitest';
import type { Json } from './answer.ts';
import { locationConfig } from './config.ts';
import { freeze, thaw } from './snapshot.ts';
import { emptyLocation } from './state.ts';

test('[D92] a snapshot of before bookings, calls, channels and stock thaws to a state that has none of them', () => {
  const config = locationConfig.parse({ name: 'Brasa', stations: [{ id: 'grill', name: 'Grill' }] });
  const state = { ...emptyLocation('brasa'), head: 7, config };
  const old = freeze(state) as { [key: string]: Json };
  for (const part of ['bookings', 'calls', 'channels', 'stock']) delete old[part];
  const { booking: _booking, channels: _channels, stock: _stock, ...before } = config;
  expect(thaw({ ...old, config: JSON.parse(JSON.stringify(before)) as Json })).toEqual(state);
});
