import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Message } from '#client/index.ts';
import { useConversation } from '#web/conversation/conversation-context.ts';
import { noteEmoji, recentEmoji } from '#web/emoji/recent-emoji.ts';
import { ReplyIcon } from '#web/ui/more-icons.tsx';
import { words } from '#web/words/message-menu.ts';
import { hasReacted, toggleReaction } from './reactions.tsx';

const shown = 3;
/** How far the bar reaches over the corner of the bubble, in px. */
const overlapPx = 32;

/** What a person does most with a message, in a bar at the bubble's upper corner: three emoji and a reply. */
export function QuickReactions({ message }: { message: Message }) {
  const context = useConversation();
  const { draft, session } = context;
  const button = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => place(button.current?.closest('.message-actions')), []);
  return (
    <>
      {recentEmoji(session.user.id)
        .slice(0, shown)
        .map((emoji) => (
          <button
            type="button"
            key={emoji}
            aria-label={words.react(emoji)}
            title={words.react(emoji)}
            aria-pressed={hasReacted(message, emoji)}
            onClick={() => {
              noteEmoji(session.user.id, emoji);
              toggleReaction(context, message, emoji);
            }}
          >
            {emoji}
          </button>
        ))}
      <button
        type="button"
        ref={button}
        class="quiet"
        aria-label={words.reply}
        title={words.reply}
        onClick={() => (draft.mode.value = { kind: 'reply', message })}
      >
        <ReplyIcon />
      </button>
    </>
  );
}

/** Moves the bar to the inner corner of the bubble, within the row. */
function place(bar: HTMLElement | null | undefined): void {
  const row = bar?.closest('.message');
  const bubble = row?.querySelector('.bubble')?.getBoundingClientRect();
  if (!bar || !row || !bubble) return;
  const { left, right, width } = row.getBoundingClientRect();
  const isAtStart = bubble.left - left < right - bubble.right;
  const x = isAtStart ? bubble.right - overlapPx : bubble.left + overlapPx - bar.offsetWidth;
  bar.style.left = `${Math.min(Math.max(x - left, 0), width - bar.offsetWidth)}px`;
  bar.style.right = 'auto';
}
