import type { Channel, Locks } from '../sharing.ts';

/**
 * One browser with several pages: Web Locks and BroadcastChannel as far as sharing a connection needs them. A page can be
 * frozen (it keeps its locks, hears nothing and says nothing), hidden, or closed (its locks go on).
 */
export type Page = {
  readonly locks: Locks;
  channel(name: string): Channel;
  frozen: boolean;
  visible: boolean;
  crash(): void;
};

type Holder = { page: Page; release: () => void; reject: (error: Error) => void };
type Waiter = { page: Page; take: () => void };

export function createBrowser() {
  const held = new Map<string, Holder>();
  const waiting = new Map<string, Waiter[]>();
  const channels = new Set<{ name: string; page: Page; channel: Channel }>();
  const pages = new Set<Page>();

  function next(name: string): void {
    if (held.has(name)) return;
    waiting.get(name)?.shift()?.take();
  }

  function grant(name: string, page: Page, callback: (lock: Lock | null) => unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const lock: Lock = { name, mode: 'exclusive' };
      const holder: Holder = { page, release: () => undefined, reject };
      const over = () => {
        if (held.get(name) === holder) held.delete(name);
        queueMicrotask(() => next(name));
      };
      holder.release = over;
      held.set(name, holder);
      Promise.resolve(callback(lock)).then((value) => {
        over();
        resolve(value);
      }, reject);
    });
  }

  function openPage(): Page {
    const page: Page = {
      frozen: false,
      visible: true,
      locks: {
        request: ((
          name: string,
          options: LockOptions | ((lock: Lock | null) => unknown),
          given?: (lock: Lock | null) => unknown,
        ) => {
          const how = typeof options === 'function' ? {} : options;
          const callback = typeof options === 'function' ? options : (given ?? (() => undefined));
          const holder = held.get(name);
          if (how.steal === true) {
            held.delete(name);
            const granted = grant(name, page, callback);
            // A frozen page learns of it when it wakes.
            holder?.reject(new DOMException('stolen', 'AbortError'));
            return granted;
          }
          if (!holder) return grant(name, page, callback);
          if (how.ifAvailable === true) return Promise.resolve(callback(null));
          return new Promise((resolve, reject) => {
            const queue = waiting.get(name) ?? [];
            waiting.set(name, queue);
            const settle = resolve as (value: unknown) => void;
            queue.push({ page, take: () => void grant(name, page, callback).then(settle, reject) });
          });
        }) as Locks['request'],
      },
      channel(name) {
        const own: Channel = {
          onmessage: null,
          postMessage(message) {
            if (page.frozen) return;
            const copy: unknown = structuredClone(message);
            for (const other of [...channels]) {
              if (other.channel === own || other.name !== name) continue;
              setTimeout(() => {
                if (channels.has(other) && !other.page.frozen)
                  other.channel.onmessage?.({ data: copy } as MessageEvent);
              }, 0);
            }
          },
          close() {
            channels.delete(entry);
          },
        };
        const entry = { name, page, channel: own };
        channels.add(entry);
        return own;
      },
      crash() {
        for (const entry of [...channels]) if (entry.page === page) channels.delete(entry);
        for (const [name, queue] of waiting)
          waiting.set(
            name,
            queue.filter((waiter) => waiter.page !== page),
          );
        for (const holder of [...held.values()]) if (holder.page === page) holder.release();
        pages.delete(page);
      },
    };
    pages.add(page);
    return page;
  }

  return { openPage };
}
