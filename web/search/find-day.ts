import type { Api, Message, Result } from '#client/index.ts';

/**
 * Finds the first message of a conversation that was sent at a time or later, by halving: that takes some twenty requests of one
 * message for a million messages.
 * @param lastSeq the `seq` of the newest message
 * @param time in ms since 1970
 * @returns undefined if all messages are earlier
 */
export async function firstSince(
  api: Api,
  conversationId: string,
  lastSeq: number,
  time: number,
): Promise<Result<Message | undefined>> {
  const firstAfter = async (after: number): Promise<Result<Message | undefined>> => {
    const page = await api.history(conversationId, { after, limit: 1 });
    return 'error' in page ? page : { ok: page.ok.messages[0] };
  };
  // Messages up to `low` are earlier. What follows `high` isn't.
  let [low, high] = [0, lastSeq];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const found = await firstAfter(middle);
    if ('error' in found) return found;
    if (found.ok && Date.parse(found.ok.sentAt) < time) low = found.ok.seq;
    else high = middle;
  }
  return firstAfter(low);
}
