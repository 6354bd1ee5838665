import type { ConversationState } from '#client/index.ts';
import { knownUsers, partner, titleOf } from '#web/people/people.ts';
import { conversationIds, conversationOf } from '#web/session/chat-state.ts';
import type { Session } from '#web/session/session.ts';

/** Titles of so many conversations are fetched if they aren't known yet. Each of a direct one is a request. */
const mostFetched = 50;

/** The conversations with a word in their title, or a username, that begins with the search, latest activity first. All of them if it is empty. */
export function findConversations(search: string, session: Session): ConversationState[] {
  const all = conversationIds.value.flatMap((id) => conversationOf(id) ?? []);
  const wanted = simplified(search.trim());
  if (wanted === '') return all;
  const known = new Map(knownUsers().map((user) => [user.id, user]));
  return all.filter((conversation, index) => {
    const other = conversation.type === 'direct' ? partner(conversation, session) : undefined;
    const user = other === undefined ? undefined : known.get(other);
    const isUnknown = other !== undefined && !user;
    const title = isUnknown && index >= mostFetched ? '' : titleOf(conversation, session);
    return ` ${simplified(title)} ${user?.username ?? ''}`.includes(` ${wanted}`);
  });
}

function simplified(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}
