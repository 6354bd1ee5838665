type Access = <T>(mode: IDBTransactionMode, use: (store: IDBObjectStore) => IDBRequest<T>) => Promise<T | undefined>;

/** How long an access may take, in ms. Some browsers never answer when they refuse storage. */
const limitMs = 3_000;

/**
 * An IndexedDB database with one object store. Where the browser refuses or loses storage, an access resolves with undefined: what is
 * kept there must not be needed.
 */
export function objectStore(database: string, options?: IDBObjectStoreParameters): Access {
  let opened: Promise<IDBDatabase> | undefined;

  async function open(): Promise<IDBDatabase> {
    const request = indexedDB.open(database, 1);
    request.onupgradeneeded = () => request.result.createObjectStore('all', options);
    const result = await promised(request);
    result.onclose = () => {
      opened = undefined;
    };
    // Otherwise this connection would keep the database from being deleted.
    result.onversionchange = () => {
      result.close();
      opened = undefined;
    };
    return result;
  }

  return async (mode, use) => {
    try {
      opened ??= open();
      const opening = opened;
      const asked = (async () => promised(use((await opening).transaction('all', mode).objectStore('all'))))();
      const late = new Promise<never>((_, reject) =>
        setTimeout(reject, limitMs, new Error('IndexedDB did not answer')),
      );
      return await Promise.race([asked, late]);
    } catch (cause) {
      opened = undefined;
      console.warn(database, cause);
      return undefined;
    }
  };
}

function promised<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
