import { openDB } from 'idb';
import type { IDBPDatabase } from 'idb';

/** Where taps survive a reload. Each is one text: what was written is what is sent, byte for byte. */
export type OutboxStorage = {
  readonly durable: boolean;
  /** Everything kept for this location. */
  all(): Promise<string[]>;
  /** Resolves when it is safe: after the transaction completed, not after the request succeeded. */
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

/** IndexedDB, one database for all locations of the origin. */
export function indexedStorage(location: string): OutboxStorage {
  const opening: Promise<IDBPDatabase> = openDB(DATABASE, 1, {
    upgrade: (database) => {
      database.createObjectStore(STORE);
    },
  });
  // Whoever uses it learns of it; this only keeps a page without storage from reporting it twice.
  opening.catch(() => undefined);
  const range = () => IDBKeyRange.bound([location], [location, []]);
  return {
    durable: true,
    async all() {
      const texts: unknown[] = await (await opening).getAll(STORE, range());
      return texts.filter((text) => typeof text === 'string');
    },
    async put(id, text) {
      const transaction = (await opening).transaction(STORE, 'readwrite', { durability: 'strict' });
      void transaction.store.put(text, [location, id]);
      await transaction.done;
    },
    async remove(id) {
      await (await opening).delete(STORE, [location, id]);
    },
    close() {
      void opening.then(
        (database) => database.close(),
        () => undefined,
      );
    },
  };
}

/** IndexedDB where there is one, memory elsewhere: Node, and pages that may not store. */
export function defaultStorage(location: string): OutboxStorage {
  return typeof indexedDB === 'undefined' ? memoryStorage() : indexedStorage(location);
}
