import type { Message } from '#client/index.ts';
import { useTalk } from '#web/conversation/conversation-context.ts';
import { namesOf } from '#web/people/people.ts';
import { toggle } from './message-menu.tsx';

/** Who reacted how; pressed, one joins in or takes one's own back. */
export function Reactions({ message }: { message: Message }) {
  const talk = useTalk();
  const { reactions = [] } = message;
  if (reactions.length === 0) return null;
  return (
    <div class="reactions">
      {reactions.map(({ emoji, count, userIds, mine = false }) => {
        const names = namesOf(userIds, talk.session, count);
        return (
          <button
            type="button"
            key={emoji}
            aria-pressed={mine}
            aria-label={`${emoji} ${count}, by ${names}`}
            title={names}
            onClick={() => toggle(talk, message, emoji)}
          >
            {emoji} <span>{count}</span>
          </button>
        );
      })}
    </div>
  );
}
