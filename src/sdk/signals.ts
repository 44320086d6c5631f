/** What the device says about itself. In Node there is no page, and nothing is ever said. */
export type Signal = { type: 'online' } | { type: 'offline' } | { type: 'visible'; hiddenFor: number };

/** Calls `on` when the page comes back, or the network does; answers how to stop. */
export function listenToPage(now: () => number, on: (signal: Signal) => void): () => void {
  if (typeof window === 'undefined' || typeof document === 'undefined') return () => undefined;
  let hiddenAt: number | null = document.visibilityState === 'hidden' ? now() : null;
  const online = () => on({ type: 'online' });
  const offline = () => on({ type: 'offline' });
  const visibility = () => {
    if (document.visibilityState === 'hidden') {
      hiddenAt = now();
      return;
    }
    const hiddenFor = hiddenAt === null ? 0 : Math.max(0, now() - hiddenAt);
    hiddenAt = null;
    on({ type: 'visible', hiddenFor });
  };
  // From the back-forward cache the page comes back as it was, its sockets dead.
  const shown = (event: PageTransitionEvent) => {
    if (event.persisted) on({ type: 'visible', hiddenFor: Number.POSITIVE_INFINITY });
  };
  // A page that the browser had frozen: timers stood still, and so did whatever came.
  const resumed = () => on({ type: 'visible', hiddenFor: Number.POSITIVE_INFINITY });
  window.addEventListener('online', online);
  window.addEventListener('offline', offline);
  window.addEventListener('pageshow', shown);
  document.addEventListener('visibilitychange', visibility);
  document.addEventListener('resume', resumed);
  if (!navigator.onLine) queueMicrotask(offline);
  return () => {
    window.removeEventListener('online', online);
    window.removeEventListener('offline', offline);
    window.removeEventListener('pageshow', shown);
    document.removeEventListener('visibilitychange', visibility);
    document.removeEventListener('resume', resumed);
  };
}

/** Is the page in front? Without a page there is nothing that could hide. */
export function isVisible(): boolean {
  return typeof document === 'undefined' || document.visibilityState === 'visible';
}
