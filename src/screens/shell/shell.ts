import { shellUpdates, type ShellUpdates } from './updates.ts';

/**
 * The page's side of the app shell. Only secure origins have service workers; elsewhere, and while developing, a page
 * simply needs its server.
 */

/** Tablets stay open for weeks: without being asked for, a new version would never be looked for. */
const LOOK_EVERY_MS = 3_600_000;

let registration: ServiceWorkerRegistration | null = null;

/** The one watch over new versions that a page has. */
export const updates: ShellUpdates = shellUpdates({
  takeOver: () => registration?.waiting?.postMessage('take over'),
  reload: () => window.location.reload(),
  now: Date.now,
});

/** Puts the shell beside this page. Never throws: a page without it works as long as there is a network. */
export function startShell(): void {
  if (import.meta.env.DEV || !window.isSecureContext || !('serviceWorker' in navigator)) return;
  const { serviceWorker } = navigator;
  // The first worker takes a page over that it did not load: that is no change of version.
  let controlled = serviceWorker.controller !== null;
  serviceWorker.addEventListener('controllerchange', () => {
    if (controlled) updates.tookOver();
    controlled = true;
  });
  for (const touch of ['pointerdown', 'keydown'])
    window.addEventListener(touch, updates.touched, { capture: true, passive: true });
  const start = async (): Promise<void> => {
    registration = await serviceWorker.register('/sw.js', { scope: '/', updateViaCache: 'none' });
    setInterval(lookForUpdate, LOOK_EVERY_MS);
    const { active } = await serviceWorker.ready;
    active?.postMessage({ keep: loadedAssets() });
  };
  const quietly = (): void => void start().catch(() => undefined);
  if (document.readyState === 'complete') quietly();
  else window.addEventListener('load', quietly, { once: true });
}

/** Asks whether the server has another version; a server that was just updated closed its connections first. */
export function lookForUpdate(): void {
  void registration?.update().catch(() => undefined);
}

/** Changes to a version that lies ready, if nothing speaks against it. Looks for itself: a busy page can miss an event. */
export function keepUp(): void {
  if (registration?.waiting && navigator.serviceWorker.controller !== null) updates.isWaiting();
  updates.tick();
}

function loadedAssets(): string[] {
  return performance
    .getEntriesByType('resource')
    .map(({ name }) => new URL(name))
    .filter(({ origin, pathname }) => origin === window.location.origin && pathname.startsWith('/assets/'))
    .map(({ pathname }) => pathname);
}
