import { expect, test } from 'vitest';
import { classify } from './failures.ts';

test.each([
  ['22P05', 'poison'],
  ['22P02', 'poison'],
  ['23505', 'poison'],
  ['54000', 'poison'],
  ['40P01', 'known'],
  ['40001', 'known'],
  ['55P03', 'known'],
  ['57014', 'known'],
  ['53300', 'known'],
  ['53100', 'known'],
  ['42P01', 'known'],
  ['40003', 'unknown'],
  ['08006', 'unknown'],
  ['57P01', 'unknown'],
  ['57P02', 'unknown'],
  ['57P03', 'unknown'],
  ['ECONNRESET', 'unknown'],
  ['EPIPE', 'unknown'],
] as const)('[L7] an error with code %s is %s', (code, failure) => {
  expect(classify(Object.assign(new Error('no'), { code }))).toBe(failure);
});

test('[L7] what carries no code is unknown', () => {
  expect(classify(new Error('Query read timeout'))).toBe('unknown');
  expect(classify(new Error('Connection terminated unexpectedly'))).toBe('unknown');
  expect(classify(undefined)).toBe('unknown');
  expect(classify('no')).toBe('unknown');
});
