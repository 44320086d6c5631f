import { shellAnswer } from './answers.ts';
import { noticeOf } from './pushNotice.ts';

/**
 * The app shell: a tablet that is reloaded without a network still opens its page. The build names the files and
 * gives each set of them a version of its own, kept in a cache of its own: a page never mixes two versions.
 */

declare const __SHELL__: { version: string; files: string[] };

type Lasting = { waitUntil(work: Promise<unknown>): void };
/** The part of a service worker's scope that is used here. */
type Scope = {
  addEventListener(type: 'install' | 'activate', listener: (event: Lasting) => void): void;
  addEventListener(
    type: 'fetch',
    listener: (event: Lasting & { request: Request; respondWith(answer: Promise<Response>): void }) => void,
  ): void;
  addEventListener(type: 'message', listener: (event: Lasting & { data: unknown }) => void): void;
  addEventListener(
    type: 'push',
    listener: (event: Lasting & { data: { json(): unknown } | null }) => void,
  ): void;
  addEventListener(
    type: 'notificationclick',
    listener: (event: Lasting & { notification: Notification }) => void,
  ): void;
  readonly registration: ServiceWorkerRegistration;
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void>; openWindow(url: string): Promise<unknown> };
  readonly location: Location;
};

// TypeScript's libraries of pages and of workers exclude each other; this file alone runs in a worker.
const scope = self as unknown as Scope;
const { version, files } = __SHELL__;
const PREFIX = 'heard-shell-';
const CACHE = PREFIX + version;
const FILES: ReadonlySet<string> = new Set(files);
/** Longer than this nobody looks at a white page: the kept one opens, and says itself how old its board is. */
const PAGE_WITHIN_MS = 3000;

scope.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll(files.map((path) => new Request(path, { cache: 'no-cache' })))),
  );
});

scope.addEventListener('activate', (event) => {
  const clear = async (): Promise<void> => {
    const old = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
    await Promise.all(old.map((name) => caches.delete(name)));
    await scope.clients.claim();
  };
  event.waitUntil(clear());
});

scope.addEventListener('message', (event) => {
  const { data } = event;
  // The page says when: a change of versions reloads it.
  if (data === 'take over') event.waitUntil(scope.skipWaiting());
  if (typeof data === 'object' && data !== null && 'keep' in data && Array.isArray(data.keep))
    event.waitUntil(keepAll(data.keep));
});

// A ticket that nobody heard: the manager is called, also when no page of ours is open.
scope.addEventListener('push', (event) => {
  const notice = noticeOf(event.data?.json());
  if (notice !== null) event.waitUntil(scope.registration.showNotification(notice.title, notice.options));
});

scope.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const { url } = event.notification.data as { url: string };
  event.waitUntil(scope.clients.openWindow(url));
});

scope.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== scope.location.origin) return;
  const answer = shellAnswer(
    { method: request.method, path: url.pathname, navigates: request.mode === 'navigate' },
    FILES,
  );
  if (answer === null) return;
  event.respondWith(answer.how === 'page' ? page(request, answer.key) : file(request, answer.key));
});

async function page(request: Request, key: string): Promise<Response> {
  const kept = await (await caches.open(CACHE)).match(key);
  if (kept === undefined) return fetch(request);
  const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), PAGE_WITHIN_MS));
  const fresh = await Promise.race([fetch(request).catch(() => null), late]);
  // A proxy without its server answers 502: that is no page either.
  return fresh === null || fresh.status >= 500 ? kept : fresh;
}

async function file(request: Request, key: string): Promise<Response> {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(key);
  if (kept !== undefined) return kept;
  const fresh = await fetch(request);
  if (fresh.status === 200 && fresh.type === 'basic') await cache.put(key, fresh.clone());
  return fresh;
}

/** Files that a page had loaded before the shell stood beside it: an alphabet, a language. */
async function keepAll(paths: readonly unknown[]): Promise<void> {
  const cache = await caches.open(CACHE);
  for (const path of paths) {
    if (typeof path !== 'string' || !path.startsWith('/assets/') || (await cache.match(path)) !== undefined)
      continue;
    await cache.add(path).catch(() => undefined);
  }
}
