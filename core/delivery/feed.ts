import type { ConversationLoader } from '#core/access.ts';
import { type Change, isRevision, type MessageChange } from '#core/conversations/change.ts';
import type { Conversation } from '#core/conversations/conversation.ts';
import { type PatientReader, readAll } from '#core/conversations/read.ts';
import type { DeliveryPorts, Recipient } from './ports.ts';

/** How many changes are read at once at most. */
const changesAtOnce = 500;

export interface FeedPorts extends PatientReader, ConversationLoader, Pick<DeliveryPorts, 'recipientsOf'> {
  /** The changes at some `seq`s, in no particular order. */
  at(conversationId: string, seqs: readonly number[]): Promise<Change[]>;
}

/** The changes of one conversation after a `seq`, without gaps, with those who get them. They are read as they come. */
export function createFeed(ports: FeedPorts, conversationId: string, after: number) {
  let newest = after;
  let changes: readonly Change[] = [];
  /** The messages that the changes revise, by their `seq`. */
  const messages = new Map<number, MessageChange>();
  let conversation: Conversation | undefined;
  let members: readonly Recipient[] = [];

  /** The changes after `newest`, as far as they are written, but at least up to `given`, a number that a change has got. */
  async function read(given: number): Promise<readonly Change[]> {
    const first = newest + 1;
    const written = await ports.range(conversationId, first, newest + changesAtOnce);
    let last = written.at(-1)?.seq ?? newest;
    // Only the head says that a number was given. What is above it must not be sealed.
    if (given > last) {
      const head = await ports.load(conversationId, []);
      last = Math.max(last, Math.min(given, newest + changesAtOnce, head?.seq ?? 0));
    }
    return written.length === last - newest ? written : readAll(ports, conversationId, first, last);
  }

  /** Takes the messages that changes revise as they are now. Who hasn't got such a message yet gets it as it is now, too. */
  async function revise(found: readonly Change[]): Promise<void> {
    const targets = found.filter(isRevision).map(({ target }) => target);
    for (const change of targets.length > 0 ? await ports.at(conversationId, targets) : [])
      if (change.type === 'message') messages.set(change.seq, change);
    changes = [...changes, ...found].map((change) => messages.get(change.seq) ?? change);
  }

  return {
    /**
     * Reads what was written since the last call, at least up to `given`, and who is a member. The head is read after the changes, so
     * those whom they removed are no members any more. Returns the changes, or undefined if the conversation is gone.
     */
    async look(given = 0): Promise<readonly Change[] | undefined> {
      const found = await read(given);
      if (found.length > 0 || !conversation) {
        await revise(found);
        newest += found.length;
        const before = conversation?.revision;
        conversation = await ports.load(conversationId, []);
        if (conversation && conversation.revision !== before) {
          const recipients = await ports.recipientsOf(conversation);
          members = recipients.toSorted((a, b) => (a.userId < b.userId ? -1 : 1));
        }
      }
      return conversation && found;
    },

    get newest() {
      return newest;
    },
    get conversation() {
      return conversation;
    },
    /** The present members, sorted by id. It is another list after they have changed. */
    get members() {
      return members;
    },
    messages: messages as ReadonlyMap<number, MessageChange>,
    /** The changes after a `seq` that were read, and not forgotten. */
    since: (seq: number) => changes.filter((change) => change.seq > seq),
    /** Forgets the changes up to a `seq`, and messages that none of the others revises. */
    forget(seq: number): void {
      changes = changes.filter((change) => change.seq > seq);
      const targets = new Set(changes.filter(isRevision).map(({ target }) => target));
      for (const key of messages.keys()) if (!targets.has(key)) messages.delete(key);
    },
  };
}
