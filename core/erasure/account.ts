import type { Plan } from '#core/conversations/plan.ts';
import { type ErasingStore, eraseFrom } from './conversation.ts';

/** Each step can be done again, from wherever it stopped. */
export interface AccountEraser extends ErasingStore {
  /** Answers with when the account was closed first; nothing where there was none. */
  closeAccount(userId: string, now: number): Promise<number | undefined>;
  closeSockets(userId: string): Promise<void>;
  /** The conversations in which a user is or was. */
  everJoined(userId: string): Promise<string[]>;
  removeRest(userId: string): Promise<void>;
  /** Delivers changes, where that isn't done from the table's stream. */
  deliver(conversationId: string, changes: Plan['changes']): Promise<void>;
}

export interface Progress {
  readonly userId: string;
  readonly stopped?: { readonly conversationId: string; readonly seenTo: number } | undefined;
}

/** Nobody can log in, refresh or connect from here on; what is open is closed. Nothing where there never was such an account. */
export async function shut(
  eraser: Pick<AccountEraser, 'closeAccount' | 'closeSockets'>,
  userId: string,
  now: number,
): Promise<number | undefined> {
  const at = await eraser.closeAccount(userId, now);
  await eraser.closeSockets(userId);
  return at;
}

/** Erases an account, or as much of it as there is time for; then the answer is where to go on. */
export async function eraseAccount(
  eraser: AccountEraser,
  { userId, stopped }: Progress,
  now: number,
  hasTime: () => boolean,
): Promise<Progress | undefined> {
  const at = await shut(eraser, userId, now);
  if (at === undefined) return undefined;
  // A conversation that is done is no longer among them: they are the list of what is left to do.
  for (const conversationId of await eraser.everJoined(userId)) {
    const seenTo = stopped?.conversationId === conversationId ? stopped.seenTo : 0;
    const erased = await eraseFrom(eraser, { conversationId, userId, at, seenTo }, hasTime);
    if (erased && 'seenTo' in erased) return { userId, stopped: { conversationId, seenTo: erased.seenTo } };
    if (erased) await eraser.deliver(conversationId, erased.changes);
  }
  await eraser.removeRest(userId);
  return undefined;
}
