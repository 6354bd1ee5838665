import type { OutboxStore, Outgoing } from './outbox.ts';

/** The name of the only object store in the database. */
const objectStore = 'outgoing';

/** Keeps a person's unsent messages in an IndexedDB database of their own, so that they survive a reload. */
export function indexedDbStore(userId: string): OutboxStore {
  const opened = open(`storm:${userId}`);
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
