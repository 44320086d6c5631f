import { useSyncExternalStore } from 'react';
import type { MessageKey } from '../i18n/say.ts';

/**
 * What a browser may lack, and what is done instead. On a restaurant's plain-http address all of the secure ones are
 * missing at once. In one place, so that nothing is missing in silence and everything missing has a named stand-in.
 */
export type Ability = 'storage' | 'shell' | 'awake' | 'locks' | 'push' | 'persist' | 'crypto';

export type Lack = {
  readonly ability: Ability;
  /** What the bar says of it; null for what nobody feels in a shift. */
  readonly chip: MessageKey | null;
  /** What is done instead, or what a person can do. */
  readonly say: MessageKey;
};

/** Worst first: the bar has room for one. */
const LACKS: readonly Lack[] = [
  // Instead: memory. Send works as ever.
  { ability: 'storage', chip: 'able.storage.chip', say: 'able.storage.say' },
  // Instead: the page that is open stays open; taps and the last board are in IndexedDB.
  { ability: 'shell', chip: 'able.shell.chip', say: 'able.shell.say' },
  // Instead: the tablet's own setting.
  { ability: 'awake', chip: 'able.awake.chip', say: 'able.awake.say' },
  // Instead: a row of IndexedDB that is renewed (`sdk/leases.ts`).
  { ability: 'locks', chip: null, say: 'able.locks.say' },
  // Instead: banners and sounds on open pages.
  { ability: 'push', chip: null, say: 'able.push.say' },
  // Instead: nothing but the browser's good will.
  { ability: 'persist', chip: null, say: 'able.persist.say' },
  // Instead: `getRandomValues` for ids (`sdk/ids.ts`), hashes in plain JavaScript (`domain/viewHash.ts`).
  { ability: 'crypto', chip: null, say: 'able.crypto.say' },
];

/** The parts of a browser's window that are looked at. */
export type Surroundings = {
  readonly isSecureContext: boolean;
  readonly navigator: object & { readonly storage?: object | undefined };
  readonly crypto?: object | undefined;
  readonly PushManager?: unknown;
};

/**
 * What this browser cannot do. `awake`: the wake lock was refused although there is one; `kept`: taps find room;
 * `persisted`: false when the browser did not promise to keep them.
 */
export function lacksOf(
  window: Surroundings,
  now: { kept: boolean; awake: boolean; persisted?: boolean },
): Lack[] {
  const { navigator } = window;
  const has: { readonly [A in Ability]: boolean } = {
    storage: now.kept,
    shell: window.isSecureContext && 'serviceWorker' in navigator,
    awake: now.awake && 'wakeLock' in navigator,
    locks: 'locks' in navigator,
    push: 'PushManager' in window && 'serviceWorker' in navigator,
    persist: navigator.storage !== undefined && 'persist' in navigator.storage && now.persisted !== false,
    crypto: window.crypto !== undefined && 'subtle' in window.crypto && 'randomUUID' in window.crypto,
  };
  return LACKS.filter(({ ability }) => !has[ability]);
}

let promised: boolean | undefined;
let refused = false;
const listeners = new Set<() => void>();

/** The display's lock was refused, or granted again. */
export function tellAwake(awake: boolean): void {
  if (refused === !awake) return;
  refused = !awake;
  for (const listener of [...listeners]) listener();
}

/** Asks the browser not to throw away what is not sent; some ask a person, so only devices of the house do. */
export async function askToStay(): Promise<void> {
  if (promised !== undefined || !('storage' in navigator) || !('persist' in navigator.storage)) return;
  promised = await navigator.storage.persist().catch(() => false);
  for (const listener of [...listeners]) listener();
}

/** What the browser answered to `askToStay`; undefined before it was asked. */
export const isPromised = (): boolean | undefined => promised;

/** False while a page that wants to stay lit may go to sleep. */
export function useAwakeGranted(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    () => !refused,
  );
}
