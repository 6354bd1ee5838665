import type { OutboxStore, Outgoing } from './outbox.ts';
import { type Platform, standardPlatform, type UploadRequest } from './platform.ts';

/** The client's surroundings in a browser: its tabs share one connection. */
export const browserPlatform: Platform = {
  ...standardPlatform,
  cookies: true,
  upload,
  hidden: () => document.hidden,
  onWake: (listener) => {
    addEventListener('online', listener);
    addEventListener('offline', listener);
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) listener();
    });
  },
  lock: (name, work, steal = false) => navigator.locks.request(name, { steal }, work),
  channel: (name, listener) => {
    const channel = new BroadcastChannel(name);
    channel.onmessage = ({ data }) => listener(data);
    return { post: (message) => channel.postMessage(message), close: () => channel.close() };
  },
};

/** `fetch` doesn't tell how far it has got. */
function upload(file: Blob, { url, headers, onProgress, signal }: UploadRequest): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('PUT', url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded, total }) => onProgress(loaded / total);
    request.onload = () => resolve(request.status);
    request.onerror = () => reject(new Error('The upload failed'));
    request.onabort = () => reject(new Error('The upload was aborted'));
    signal?.addEventListener('abort', () => request.abort());
    request.send(file);
  });
}

const objects = 'outgoing';

/** Keeps a person's unsent messages over a reload (IndexedDB), as far as the browser allows. */
export function browserStore(userId: string): OutboxStore {
  const opened = open(`storm:${userId}`);
  const access = async <T>(mode: IDBTransactionMode, use: (store: IDBObjectStore) => IDBRequest<T>) => {
    try {
      return await settled(use((await opened).transaction(objects, mode).objectStore(objects)));
    } catch (cause) {
      // What can't be kept is sent all the same, as long as the page stays open.
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
  request.onupgradeneeded = () => request.result.createObjectStore(objects, { keyPath: 'id' });
  return settled(request);
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
