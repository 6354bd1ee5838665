import type { OutboxStore, Outgoing } from './outbox.ts';

/** The name of the only object store in the database. */
const objectStore = 'outgoing';

const prefix = 'storm:';

/** Keeps a person's unsent messages in an IndexedDB database of their own, so that they survive a reload. */
export function indexedDbStore(userId: string): OutboxStore {
  const opened = open(prefix + userId);
  const access = async <T>(mode: IDBTransactionMode, use: (store: IDBObjectStore) => IDBRequest<T>) => {
    try {
      return await promised(use((await opened).transaction(objectStore, mode).objectStore(objectStore)));
    } catch (cause) {
      // A private window may refuse storage, and the disk may be full. The message is still sent, as long as the page stays open.
      console.warn('Unsent messages could not be kept', cause);
      return undefined;
    }
  };
  return {
    all: async () => (await access<Outgoing[]>('readonly', (store) => store.getAll())) ?? [],
    put: async (outgoing) => void (await access('readwrite', (store) => store.put(outgoing))),
    remove: async (id) => void (await access('readwrite', (store) => store.delete(id))),
  };
}

/**
 * Deletes the unsent messages of everybody who used this browser: for a session that is over before anybody knows whose it was. It never
 * rejects. The databases stay, because other tabs may have them open.
 */
export async function clearOutboxes(): Promise<void> {
  const databases = await indexedDB.databases().catch(() => []);
  for (const { name = '' } of databases) {
    if (!name.startsWith(prefix)) continue;
    const store = indexedDbStore(name.slice(prefix.length));
    for (const { id } of await store.all()) await store.remove(id);
  }
}

function open(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(objectStore, { keyPath: 'id' });
  return promised(request);
}

function promised<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
