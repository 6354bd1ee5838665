import type { Plan } from '#core/conversations/plan.ts';
import { type ErasingStore, eraseFrom } from './conversation.ts';

/** The steps of an erasure. Each can be repeated, also after it was interrupted. */
export interface AccountEraser extends ErasingStore {
  /** Closes the account. Returns when it was first closed, in ms since 1970, or undefined if there was no such account. */
  closeAccount(userId: string, now: number): Promise<number | undefined>;
  closeSockets(userId: string): Promise<void>;
  /** The ids of the conversations of which a user is or was a member. */
  everJoined(userId: string): Promise<string[]>;
  removeRest(userId: string): Promise<void>;
  /** Delivers changes, where that isn't done in rounds. */
  deliver(conversationId: string, changes: Plan['changes']): Promise<void>;
}

export interface Progress {
  readonly userId: string;
  readonly stopped?: { readonly conversationId: string; readonly seenTo: number } | undefined;
}

/**
 * Closes an account and its sockets. From then on nobody can log in, refresh or connect. Returns when the account was first
 * closed, in ms since 1970, or undefined if there was no such account.
 */
export async function shut(
  eraser: Pick<AccountEraser, 'closeAccount' | 'closeSockets'>,
  userId: string,
  now: number,
): Promise<number | undefined> {
  const at = await eraser.closeAccount(userId, now);
  await eraser.closeSockets(userId);
  return at;
}

/** Erases an account. If the time runs out, it returns where to go on. */
export async function eraseAccount(
  eraser: AccountEraser,
  { userId, stopped }: Progress,
  now: number,
  hasTime: () => boolean,
): Promise<Progress | undefined> {
  const at = await shut(eraser, userId, now);
  if (at === undefined) return undefined;
  // A conversation that is done isn't in this list any more, so the list is what is left to do.
  for (const conversationId of await eraser.everJoined(userId)) {
    const seenTo = stopped?.conversationId === conversationId ? stopped.seenTo : 0;
    const erased = await eraseFrom(eraser, { conversationId, userId, at, seenTo }, hasTime);
    if (erased && 'seenTo' in erased) return { userId, stopped: { conversationId, seenTo: erased.seenTo } };
    if (erased) await eraser.deliver(conversationId, erased.changes);
  }
  await eraser.removeRest(userId);
  return undefined;
}
