import { hasDatabase, openDatabase } from './database.ts';
import type { IDBPDatabase } from 'idb';

/** Where taps survive a reload. Each is one text: what was written is what is sent, byte for byte. */
export type OutboxStorage = {
  readonly durable: boolean;
  /** Everything kept for this location. */
  all(): Promise<string[]>;
  /** Resolves when it is safe: after the transaction completed, not after the request succeeded. Rejects when it is not. */
  put(id: string, text: string): Promise<void>;
  remove(id: string): Promise<void>;
  close(): void;
};

export function memoryStorage(): OutboxStorage {
  const texts = new Map<string, string>();
  return {
    durable: false,
    all: () => Promise.resolve([...texts.values()]),
    put(id, text) {
      texts.set(id, text);
      return Promise.resolve();
    },
    remove(id) {
      texts.delete(id);
      return Promise.resolve();
    },
    close: () => undefined,
  };
}

const DATABASE = 'heard';
const STORE = 'outbox';
/** A browser that says nothing for so long has no storage for us now: another version of the page may hold it. */
const PATIENCE_MS = 3000;

/** IndexedDB, one database for all locations of the origin. */
export function indexedStorage(location: string, patience = PATIENCE_MS): OutboxStorage {
  let opening: Promise<IDBPDatabase> | null = null;
  let closed = false;

  function open(): Promise<IDBPDatabase> {
    // Closed under our feet, or wanted by a later version of the page: opened anew when there is something to keep.
    const asked: Promise<IDBPDatabase> = openDatabase(DATABASE, STORE, () => forget(asked));
    // Whoever uses it learns of it; this only keeps a page without storage from reporting it twice.
    asked.catch(() => undefined);
    return asked;
  }

  function forget(asked: Promise<IDBPDatabase>): void {
    if (opening === asked) opening = null;
    void asked.then(
      (database) => database.close(),
      () => undefined,
    );
  }

  /** A browser may close a database under our feet, or refuse once: what fails is tried once more on a fresh one. */
  async function withDatabase<T>(work: (database: IDBPDatabase) => Promise<T>): Promise<T> {
    if (closed) throw new Error('This storage was closed.');
    for (let tries = 0; ; tries += 1) {
      const asked = (opening ??= open());
      try {
        return await inTime(asked.then(work), patience);
      } catch (error) {
        forget(asked);
        if (tries > 0 || isFull(error)) throw error;
      }
    }
  }

  const range = () => IDBKeyRange.bound([location], [location, []]);
  return {
    durable: true,
    all: () =>
      withDatabase(async (database) => {
        const texts: unknown[] = await database.getAll(STORE, range());
        return texts.filter((text) => typeof text === 'string');
      }),
    put: (id, text) =>
      withDatabase(async (database) => {
        const transaction = database.transaction(STORE, 'readwrite', { durability: 'strict' });
        // The transaction tells of the failure too; unheard, this one would be an error of the page.
        transaction.store.put(text, [location, id]).catch(() => undefined);
        await transaction.done;
      }),
    remove: (id) => withDatabase((database) => database.delete(STORE, [location, id])),
    close() {
      closed = true;
      if (opening) forget(opening);
    },
  };
}

/** No room: another try would only wear the device. */
function isFull(error: unknown): boolean {
  return error instanceof Error && error.name === 'QuotaExceededError';
}

function inTime<T>(work: Promise<T>, patience: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`The browser's storage did not answer within ${patience} ms.`)),
      patience,
    );
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** IndexedDB where there is one, memory elsewhere: Node, and pages that may not store. */
export function defaultStorage(location: string): OutboxStorage {
  return hasDatabase() ? indexedStorage(location) : memoryStorage();
}
