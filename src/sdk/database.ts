import { openDB } from 'idb';
import type { IDBPDatabase } from 'idb';

/** May this page store anything? Some browsers throw at the very name of it where storage is forbidden. */
export function hasDatabase(): boolean {
  try {
    return typeof indexedDB !== 'undefined';
  } catch {
    return false;
  }
}

/**
 * A database of one store without keys of its own. A private window may throw at once, another page may hold it up: both
 * are a promise that fails, which is nobody's unhandled error. `gone`: somebody closed it, or wants to change it.
 */
export async function openDatabase(
  name: string,
  store: string,
  gone: () => void = () => undefined,
): Promise<IDBPDatabase> {
  return openDB(name, 1, {
    upgrade: (database) => {
      database.createObjectStore(store);
    },
    blocking: gone,
    terminated: gone,
  });
}

/** The same, for who keeps the promise: it fails again for each who asks. */
export function opened(name: string, store: string): Promise<IDBPDatabase> {
  const opening = openDatabase(name, store, () => void opening.then((database) => database.close()));
  opening.catch(() => undefined);
  return opening;
}
