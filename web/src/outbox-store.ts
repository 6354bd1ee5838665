import type { OutboxStore } from '../../client/index.ts';

/** Keeps a person's unsent messages over a reload, as far as the browser allows. */
export function outboxStore(userId: string): OutboxStore {
  const prefix = `storm:outbox:${userId}:`;
  return {
    async all() {
      const keys = Array.from({ length: localStorage.length }, (_, index) => localStorage.key(index) ?? '');
      return keys.filter((key) => key.startsWith(prefix)).map((key) => JSON.parse(localStorage.getItem(key) ?? ''));
    },
    async put(outgoing) {
      try {
        localStorage.setItem(prefix + outgoing.id, JSON.stringify(outgoing));
      } catch (cause) {
        // Full: the message is sent all the same, as long as the page stays open.
        console.warn('A message could not be kept', cause);
      }
    },
    async remove(id) {
      localStorage.removeItem(prefix + id);
    },
  };
}
