import type { OutboxStore, Outgoing } from './outbox.ts';

/** The name of the only object store in the database. */
const objectStore = 'outgoing';

const prefix = 'storm:';

/** How long an access may take, in ms. Some browsers never answer when they refuse storage. */
const limitMs = 1_000;

/**
 * Keeps a person's unsent messages in an IndexedDB database of their own, so that they survive a reload. Where the browser refuses or
 * loses storage, they are only in memory, and are sent all the same as long as the page stays open.
 */
export function indexedDbStore(userId: string): OutboxStore {
  let opened: Promise<IDBDatabase> | undefined;
  /** Whether an access takes too long, until it is answered all the same. Others would, too, and each would hold up a message. */
  let hangs = false;

  async function request<T>(mode: IDBTransactionMode, use: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    opened ??= open(prefix + userId, () => {
      opened = undefined;
    });
    return promised(use((await opened).transaction(objectStore, mode).objectStore(objectStore)));
  }

  async function access<T>(mode: IDBTransactionMode, use: (store: IDBObjectStore) => IDBRequest<T>) {
    // A browser may close the connection at any time. Then it is opened anew.
    const asked = request(mode, use)
      .catch(() => {
        opened = undefined;
        return request(mode, use);
      })
      .finally(() => {
        hangs = false;
      });
    const late = () => {
      hangs = true;
    };
    try {
      return await inTime(asked, late);
    } catch (cause) {
      opened = undefined;
      console.warn('Unsent messages could not be kept', cause);
      return undefined;
    }
  }

  return {
    all: async () => (!hangs && (await access<Outgoing[]>('readonly', (store) => store.getAll()))) || [],
    put: async (outgoing) => void (hangs || (await access('readwrite', (store) => store.put(outgoing)))),
    async remove(id) {
      // It is asked for in any case: whoever logs out leaves nothing behind, however late it is done.
      const removed = access('readwrite', (store) => store.delete(id));
      if (!hangs) await removed;
    },
  };
}

/**
 * Deletes the unsent messages of everybody who used this browser: for a session that is over before anybody knows whose it was. It never
 * rejects. The databases stay, because other tabs may have them open.
 */
export async function clearOutboxes(): Promise<void> {
  try {
    for (const { name = '' } of await inTime(indexedDB.databases())) {
      if (!name.startsWith(prefix)) continue;
      const store = indexedDbStore(name.slice(prefix.length));
      for (const { id } of await store.all()) await store.remove(id);
    }
  } catch (cause) {
    console.warn('Unsent messages could not be looked for', cause);
  }
}

/** Rejects, and calls `late`, if the promise isn't settled in time. */
function inTime<T>(promise: Promise<T>, late = () => {}): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      late();
      reject(new Error('IndexedDB did not answer'));
    }, limitMs);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

async function open(name: string, closed: () => void): Promise<IDBDatabase> {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(objectStore, { keyPath: 'id' });
  const database = await promised(request);
  database.onclose = closed;
  // Otherwise this connection would keep the database from being deleted.
  database.onversionchange = () => {
    database.close();
    closed();
  };
  return database;
}

function promised<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
