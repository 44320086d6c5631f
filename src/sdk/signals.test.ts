import { afterEach, describe, expect, it, vi } from 'vitest';
import { isVisible, listenToPage } from './signals.ts';
import type { Signal } from './signals.ts';

/** A page as far as it says that it was away. */
function page(visibilityState = 'visible') {
  const window = new EventTarget();
  const document = Object.assign(new EventTarget(), { visibilityState });
  vi.stubGlobal('window', window);
  vi.stubGlobal('document', document);
  vi.stubGlobal('navigator', { onLine: true });
  let now = 1_000;
  const heard: Signal[] = [];
  const stop = listenToPage(
    () => now,
    (signal) => heard.push(signal),
  );
  return {
    heard,
    stop,
    pass: (millis: number) => (now += millis),
    show(state: 'visible' | 'hidden') {
      document.visibilityState = state;
      document.dispatchEvent(new Event('visibilitychange'));
    },
    window,
    document,
  };
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('what a page says of itself', () => {
  it('[C241] it says for how long it was hidden, and that it was frozen or kept aside', () => {
    const { heard, show, pass, window, document } = page();
    show('hidden');
    pass(20_000);
    expect(isVisible()).toBe(false);
    show('visible');
    expect(heard.splice(0)).toEqual([{ type: 'visible', hiddenFor: 20_000 }]);
    document.dispatchEvent(new Event('resume'));
    expect(heard.splice(0)).toEqual([{ type: 'visible', hiddenFor: Number.POSITIVE_INFINITY }]);
    window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: false }));
    expect(heard.splice(0)).toEqual([]);
    window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }));
    expect(heard.splice(0)).toEqual([{ type: 'visible', hiddenFor: Number.POSITIVE_INFINITY }]);
    window.dispatchEvent(new Event('offline'));
    window.dispatchEvent(new Event('online'));
    expect(heard.map(({ type }) => type)).toEqual(['offline', 'online']);
  });

  it('[C242] it says nothing once nobody listens, and where there is no page', () => {
    const { heard, stop, window, document } = page('hidden');
    stop();
    for (const type of ['online', 'offline', 'pageshow']) window.dispatchEvent(new Event(type));
    for (const type of ['visibilitychange', 'resume']) document.dispatchEvent(new Event(type));
    expect(heard).toEqual([]);
    vi.unstubAllGlobals();
    expect(isVisible()).toBe(true);
    expect(() => listenToPage(Date.now, () => undefined)()).not.toThrow();
  });
});
