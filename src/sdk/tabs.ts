import { hasDatabase } from './database.ts';
import { mintId } from './ids.ts';
import { leasedTab } from './leases.ts';
import { openPromise } from './store.ts';

/** The pages of this origin that show one location: who is open, and whose turn it is to send. */
export type Tab = {
  readonly id: string;
  /** Are there other pages that see the same storage? */
  readonly shared: boolean;
  /** The other pages that are open now. */
  others(): Promise<ReadonlySet<string>>;
  /** Does `work` while no other page of this location sends. */
  turn(work: () => Promise<void>): Promise<void>;
  release(): void;
};

const PREFIX = 'heard-outbox:';
const TURN = 'heard-send:';
/** A page that the system froze keeps its lock: after this long another one sends without. The server answers a key once. */
const PATIENCE_MS = 15_000;

/** Web Locks where the browser has them, rows that must be renewed where it has not, nothing where storage is not shared. */
export function holdTab(place: string, shared: boolean, now: () => number): Tab {
  const id = mintId();
  if (!shared) return loneTab(id);
  // Node has locks too, but no storage that outlives it.
  const locks = typeof navigator !== 'undefined' && 'locks' in navigator ? navigator.locks : null;
  if (locks) return lockedTab(place, id, locks);
  return !hasDatabase() ? loneTab(id) : leasedTab(place, id, now);
}

export function loneTab(id: string): Tab {
  return {
    id,
    shared: false,
    others: () => Promise.resolve(new Set()),
    turn: (work) => work(),
    release: () => undefined,
  };
}

function lockedTab(place: string, id: string, locks: LockManager): Tab {
  const { promise: held, resolve: release } = openPromise<void>();
  const own = `${PREFIX}${place}:`;
  void locks.request(own + id, () => held).catch(() => undefined);
  return {
    id,
    shared: true,
    async others() {
      const { held: all = [] } = (await locks.query().catch(() => null)) ?? {};
      return new Set(
        all
          .map(({ name = '' }) => name)
          .filter((name) => name.startsWith(own))
          .map((name) => name.slice(own.length))
          .filter((name) => name !== id),
      );
    },
    async turn(work) {
      const patience = new AbortController();
      const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
      let began = false;
      const begin = (): Promise<void> => {
        began = true;
        clearTimeout(timer);
        return work();
      };
      try {
        await locks.request(TURN + place, { signal: patience.signal }, begin);
      } catch (error) {
        if (began) throw error;
        await begin();
      }
    },
    release: () => release(),
  };
}
