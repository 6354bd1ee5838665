import type { ConversationValue } from '#web/conversation/conversation-context.ts';
import { excerpt } from '#web/message/excerpt.ts';
import { Name } from '#web/people/names.tsx';
import { IconButton } from '#web/ui/icon-button.tsx';
import { CloseIcon } from '#web/ui/icons.tsx';
import { words } from '#web/words/composer.ts';
import '#web/styles/composer-mode.css';

interface ComposerModeBarProps {
  readonly context: ConversationValue;
  readonly onCancel: () => void;
}

/** Shows which message is being replied to or edited, above the text field. */
export function ComposerModeBar({ context: { draft, session }, onCancel }: ComposerModeBarProps) {
  const { value } = draft.mode;
  if (value.kind === 'new') return null;
  const { message } = value;
  const who = message.senderId === session.user.id ? words.yourself : <Name id={message.senderId} session={session} />;
  return (
    <div class="composer-mode">
      <span class="names">
        <strong>{value.kind === 'edit' ? words.edit : words.replyTo(who)}</strong>
        <small dir="auto">{excerpt(message)}</small>
      </span>
      <IconButton label={words.cancel} onClick={onCancel}>
        <CloseIcon />
      </IconButton>
    </div>
  );
}
