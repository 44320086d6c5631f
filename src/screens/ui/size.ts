import { useLayoutEffect, useState, useSyncExternalStore, type RefObject } from 'react';

/** The inner size of an element in CSS px, anew whenever it changes; 0 before it is laid out. */
export function useSize(element: RefObject<HTMLElement | null>): { width: number; height: number } {
  const [size, setSize] = useState({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const one = element.current;
    if (one === null) return;
    const take = (): void =>
      setSize((before) =>
        before.width === one.clientWidth && before.height === one.clientHeight
          ? before
          : { width: one.clientWidth, height: one.clientHeight },
      );
    take();
    const observer = new ResizeObserver(take);
    observer.observe(one);
    return () => observer.disconnect();
  }, [element]);
  return size;
}

/** The window's size. */
export function useWindowSize(): { width: number; height: number } {
  const [size, setSize] = useState(() => ({ width: window.innerWidth, height: window.innerHeight }));
  useLayoutEffect(() => {
    const take = (): void => setSize({ width: window.innerWidth, height: window.innerHeight });
    window.addEventListener('resize', take);
    return () => window.removeEventListener('resize', take);
  }, []);
  return size;
}

const PHONE = '(max-width: 599px)';

/** Whether the page is shown on a phone, where one thing at a time has room. */
export function usePhone(): boolean {
  return useSyncExternalStore(
    (listener) => {
      const query = matchMedia(PHONE);
      query.addEventListener('change', listener);
      return () => query.removeEventListener('change', listener);
    },
    () => matchMedia(PHONE).matches,
  );
}
