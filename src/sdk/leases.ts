import { openDB } from 'idb';
import type { IDBPDatabase } from 'idb';
import type { Tab } from './tabs.ts';

/**
 * What Web Locks do, with rows of IndexedDB that must be renewed: for plain-http origins, where browsers have no locks.
 * A page that dies is found out after a while, not at once; two that send the same tap at once do no harm, since the
 * server answers a key once and replays the answer.
 */
export type LeaseTimes = {
  /** A page whose row is older is gone. Hidden pages may get a timer only once a minute. */
  readonly alive: number;
  readonly beat: number;
  /** The sender's row is good for so long after its last renewal. */
  readonly lease: number;
  readonly renew: number;
  readonly look: number;
  /** Waited longer than this, a page sends without its turn. */
  readonly patience: number;
};

const TIMES: LeaseTimes = {
  alive: 75_000,
  beat: 10_000,
  lease: 6000,
  renew: 2000,
  look: 120,
  patience: 15_000,
};
const DATABASE = 'heard-tabs';
const STORE = 'rows';

type Sender = { holder: string; until: number };

export function leasedTab(place: string, id: string, now: () => number, times: LeaseTimes = TIMES): Tab {
  let over = false;
  const opening: Promise<IDBPDatabase> = openDB(DATABASE, 1, {
    upgrade: (database) => {
      database.createObjectStore(STORE);
    },
  });
  opening.catch(() => undefined);
  const own = [place, 'tab', id];
  const sender = [place, 'sender'];

  const beat = (): void => {
    if (!over) void opening.then((database) => database.put(STORE, now(), own)).catch(() => undefined);
  };
  const leave = (): void =>
    void opening.then((database) => database.delete(STORE, own)).catch(() => undefined);
  beat();
  const beating = setInterval(beat, times.beat);
  // A page that is put aside may come back; until then others may do its work.
  const page = typeof window === 'undefined' ? null : window;
  page?.addEventListener('pagehide', leave);
  page?.addEventListener('pageshow', beat);

  /** Takes the sender's row, or renews it; false while another page has it. */
  async function take(): Promise<boolean> {
    const transaction = (await opening).transaction(STORE, 'readwrite');
    const row: Sender | undefined = await transaction.store.get(sender);
    const time = now();
    // A row from the future was written before somebody set the clock back.
    const taken =
      row !== undefined && row.holder !== id && row.until > time && row.until <= time + times.lease;
    if (!taken) await transaction.store.put({ holder: id, until: time + times.lease }, sender);
    await transaction.done;
    return !taken;
  }

  async function giveBack(): Promise<void> {
    const transaction = (await opening).transaction(STORE, 'readwrite');
    const row: Sender | undefined = await transaction.store.get(sender);
    if (row?.holder === id) await transaction.store.delete(sender);
    await transaction.done;
  }

  return {
    id,
    shared: true,
    async others() {
      try {
        const transaction = (await opening).transaction(STORE, 'readonly');
        const range = IDBKeyRange.bound([place, 'tab'], [place, 'tab', []]);
        const [keys, times_] = await Promise.all([
          transaction.store.getAllKeys(range),
          transaction.store.getAll(range),
        ]);
        const found = new Set<string>();
        keys.forEach((key, index) => {
          const seen: unknown = times_[index];
          const name = Array.isArray(key) ? key[2] : undefined;
          if (
            typeof name === 'string' &&
            name !== id &&
            typeof seen === 'number' &&
            now() - seen < times.alive
          )
            found.add(name);
        });
        return found;
      } catch {
        return new Set();
      }
    },
    async turn(work) {
      const started = now();
      let held = false;
      while (!over && !held && Math.abs(now() - started) < times.patience) {
        held = await take().catch(() => true);
        if (!held) await new Promise((resolve) => setTimeout(resolve, times.look));
      }
      const renewing = setInterval(() => void take().catch(() => undefined), times.renew);
      try {
        return await work();
      } finally {
        clearInterval(renewing);
        await giveBack().catch(() => undefined);
      }
    },
    release() {
      over = true;
      clearInterval(beating);
      page?.removeEventListener('pagehide', leave);
      page?.removeEventListener('pageshow', beat);
      void opening.then(
        async (database) => {
          await database.delete(STORE, own).catch(() => undefined);
          database.close();
        },
        () => undefined,
      );
    },
  };
}
