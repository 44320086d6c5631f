import { describe, expect, it } from 'vitest';
import { weightOf } from './accepts.ts';

describe('what a caller accepts', () => {
  it.each([
    [undefined, 0],
    ['', 0],
    ['gzip', 1],
    ['br, gzip', 1],
    ['GZIP', 1],
    ['deflate, gzip;q=0.5', 0.5],
    ['br , gzip ; Q=0.25', 0.25],
    ['gzip;q=0', 0],
    ['gzip;q=0, *;q=1', 0],
    ['gzip;q=0.000', 0],
    ['gzip;q=many', 0],
    ['x-gzip', 0],
    ['*', 0],
    ['identity', 0],
  ])('[H106] %s gives gzip the weight %d', (header, weight) => {
    expect(weightOf(header, 'gzip')).toBe(weight);
  });

  it('[H106] parameters of a type are no other type', () => {
    expect(weightOf('application/json, text/csv; charset=utf-8; q=0.1', 'text/csv')).toBe(0.1);
    expect(weightOf('text/csvx', 'text/csv')).toBe(0);
  });
});
