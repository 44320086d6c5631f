import type { Store } from './shapes.ts';

/** A store with its writing end. Listeners are called after the value changed, never while it is being made. */
export type OpenStore<T> = Store<T> & { set(value: T): void };

export function openStore<T>(initial: T): OpenStore<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      // A copy: a listener may leave, or bring others, while it is called.
      for (const listener of [...listeners]) listener();
    },
    subscribe(listener) {
      // Each call counts by itself, also when one function subscribes twice.
      const own = () => listener();
      listeners.add(own);
      return () => listeners.delete(own);
    },
  };
}

/** Calls each listener with what happened; one that throws does not keep it from the others. */
export function tellAll<T>(listeners: Iterable<(value: T) => void>, value: T): void {
  for (const listener of [...listeners]) {
    try {
      listener(value);
    } catch (error) {
      // The page's own handler of errors gets it, the feed goes on.
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}

/** A promise with its writing end. `Promise.withResolvers` is younger than the oldest browser of a kitchen's tablet. */
export function openPromise<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((fulfil) => {
    resolve = fulfil;
  });
  return { promise, resolve };
}
