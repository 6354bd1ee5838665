import type { Chat, Snapshot } from '#client/index.ts';
import type { User } from '#protocol/accounts.ts';
import { knownUsers, rememberUsers } from '#web/people/people.ts';
import type { Config } from './config.ts';
import { objectStore } from './database.ts';

/** The latest conversations are kept this often, in ms, while they change. */
const everyMs = 5_000;
const key = 'latest';
const access = objectStore('storm-snapshot');

interface Kept {
  readonly snapshot: Snapshot;
  /** Those whose names stand in the conversations. */
  readonly users: readonly User[];
  /** An earlier version of the page kept none. */
  readonly config?: Config;
}

/**
 * Loads the latest conversations as they were kept, to show them before there is a connection.
 * @param userId whose they must be: a tab of somebody who has left may have kept theirs late. Empty if an earlier version of the page didn't say.
 */
export async function loadSnapshot(userId: string): Promise<Kept | undefined> {
  const kept = await access('readonly', (store): IDBRequest<Kept | undefined> => store.get(key));
  if (!kept || (userId !== '' && kept.snapshot.user.id !== userId)) return undefined;
  rememberUsers(kept.users);
  return kept;
}

/** Keeps the latest conversations of a chat from now on, and where its backend is. Returns a function that ends it. */
export function keepSnapshots(chat: Chat, config: () => Config): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const keep = () => {
    clearTimeout(timer);
    timer = undefined;
    const snapshot = chat.snapshot();
    if (!snapshot) return;
    const kept: Kept = { snapshot, users: knownUsers(), config: config() };
    void access('readwrite', (store) => store.put(kept, key));
  };
  const onHide = () => document.hidden && timer !== undefined && keep();
  const end = chat.on('change', () => {
    timer ??= setTimeout(keep, everyMs);
  });
  document.addEventListener('visibilitychange', onHide);
  return () => {
    end();
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', onHide);
  };
}

export async function deleteSnapshot(): Promise<void> {
  await access('readwrite', (store) => store.delete(key));
}
