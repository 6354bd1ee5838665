import type { Message } from '#client/index.ts';
import { type ConversationValue, useConversation } from '#web/conversation/conversation-context.ts';
import { namesOf } from '#web/people/people.ts';
import { words } from '#web/words/message.ts';

/** The reactions to a message. A click adds the person's own reaction, or removes it. */
export function Reactions({ message }: { message: Message }) {
  const context = useConversation();
  const { reactions = [] } = message;
  if (reactions.length === 0) return null;
  return (
    <div class="reactions">
      {reactions.map(({ emoji, count, userIds, mine = false }) => {
        const names = namesOf(userIds, context.session, count);
        return (
          <button
            type="button"
            key={emoji}
            aria-pressed={mine}
            aria-label={words.reactions(emoji, count, names)}
            title={names}
            onClick={() => toggleReaction(context, message, emoji)}
          >
            {emoji} <span>{count}</span>
          </button>
        );
      })}
    </div>
  );
}

export function hasReacted({ reactions = [] }: Message, emoji: string): boolean {
  return reactions.some((reaction) => reaction.emoji === emoji && reaction.mine);
}

/** Adds the person's reaction, or removes it if it is there. */
export function toggleReaction({ id, session, attempt }: ConversationValue, message: Message, emoji: string): void {
  void attempt(session.chat.react(id, message.seq, emoji, hasReacted(message, emoji)));
}
