import { describe, expect, it } from 'vitest';
import { lacksOf, type Surroundings } from './abilities.ts';

const navigator = { serviceWorker: {}, wakeLock: {}, locks: {}, storage: { persist: () => undefined } };
const crypto = { subtle: {}, randomUUID: () => '' };
const whole: Surroundings = {
  isSecureContext: true,
  navigator,
  crypto,
  PushManager: class {},
};
/** What Chromium leaves on `http://kitchen.lan`. */
const plain: Surroundings = { isSecureContext: false, navigator: { storage: undefined }, crypto: {} };
const fine = { kept: true, awake: true };
const names = (...args: Parameters<typeof lacksOf>) => lacksOf(...args).map(({ ability }) => ability);

describe('what a device cannot do', () => {
  it('[S60] is nothing on a secure page of a whole browser', () => {
    expect(names(whole, fine)).toEqual([]);
  });

  it('[S60] is named one by one on a plain-http page, the worst first, each with what is done instead', () => {
    expect(names(plain, fine)).toEqual(['shell', 'awake', 'locks', 'push', 'persist', 'crypto']);
    expect(lacksOf(plain, fine).every(({ say }) => say.startsWith('able.'))).toBe(true);
  });

  it('[S60] begins with taps that are not kept, and tells a refused display from a missing one', () => {
    expect(names(whole, { kept: false, awake: true })).toEqual(['storage']);
    expect(names(whole, { kept: true, awake: false })).toEqual(['awake']);
    expect(names(whole, { ...fine, persisted: false })).toEqual(['persist']);
    expect(names(plain, { kept: false, awake: true })[0]).toBe('storage');
  });
});
