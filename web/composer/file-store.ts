import type { Attachment } from '#protocol/media.ts';
import { objectStore } from '#web/session/database.ts';

/** An attached file of a message that isn't sent yet, as it survives a reload. */
export interface StoredFile {
  readonly id: string;
  readonly userId: string;
  readonly conversationId: string;
  /** The message that waits for the upload. Without one the file is part of the draft. */
  readonly messageId: string | undefined;
  readonly file: File;
  readonly waveform: string | undefined;
  /** If it was uploaded. */
  readonly attachment: Attachment | undefined;
}

const access = objectStore('storm-drafts', { keyPath: 'id' });

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
