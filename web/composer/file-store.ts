import type { Attachment } from '#protocol/media.ts';

/** An attached file of a message that isn't sent yet, as it survives a reload. */
export interface StoredFile {
  readonly id: string;
  readonly userId: string;
  readonly conversationId: string;
  readonly file: File;
  readonly waveform: string | undefined;
  /** If it was uploaded. */
  readonly attachment: Attachment | undefined;
}

const database = 'storm:drafts';
const objectStore = 'files';
let opened: Promise<IDBDatabase> | undefined;

/** Files in IndexedDB. Where the browser refuses storage they only last as long as the page. */
export const fileStore = {
  async all(userId: string, conversationId: string): Promise<readonly StoredFile[]> {
    const all = (await access('readonly', (store): IDBRequest<StoredFile[]> => store.getAll())) ?? [];
    return all.filter((one) => one.userId === userId && one.conversationId === conversationId);
  },
  async put(file: StoredFile): Promise<void> {
    await access('readwrite', (store) => store.put(file));
  },
  async remove(id: string): Promise<void> {
    await access('readwrite', (store) => store.delete(id));
  },
  async clear(): Promise<void> {
    await access('readwrite', (store) => store.clear());
  },
};

async function access<T>(mode: IDBTransactionMode, use: (store: IDBObjectStore) => IDBRequest<T>) {
  try {
    opened ??= open();
    return await promised(use((await opened).transaction(objectStore, mode).objectStore(objectStore)));
  } catch (cause) {
    opened = undefined;
    console.warn('Attached files could not be kept', cause);
    return undefined;
  }
}

async function open(): Promise<IDBDatabase> {
  const request = indexedDB.open(database, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(objectStore, { keyPath: 'id' });
  const result = await promised(request);
  result.onclose = () => {
    opened = undefined;
  };
  result.onversionchange = () => result.close();
  return result;
}

function promised<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
