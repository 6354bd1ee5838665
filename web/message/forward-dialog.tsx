import { useState } from 'preact/hooks';
import type { Message } from '#client/index.ts';
import { openConversation } from '#web/app/navigation.ts';
import { useConversation } from '#web/conversation/conversation-context.ts';
import { Avatar } from '#web/people/avatar.tsx';
import { avatarUrlOf, partner, titleOf } from '#web/people/people.ts';
import { findConversations } from '#web/search/find-conversations.ts';
import { moveFocus } from '#web/ui/arrow-keys.ts';
import { Dialog } from '#web/ui/dialog.tsx';
import { Field } from '#web/ui/field.tsx';
import { words } from '#web/words/forward.ts';
import { excerpt } from './excerpt.ts';
import '#web/styles/people.css';

/** The dialog shows so many conversations; the search finds the others. */
const mostShown = 30;
/** One message isn't for everybody. */
const mostChosen = 5;

interface ForwardDialogProps {
  readonly message: Message;
  readonly onClose: () => void;
}

/** Sends a message on to other conversations, as a message of the person’s own, with its files (docs/decisions/0166). */
export function ForwardDialog({ message, onClose }: ForwardDialogProps) {
  const { session } = useConversation();
  const [search, setSearch] = useState('');
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const found = findConversations(search, session).slice(0, mostShown);
  const { text, media } = message;

  function toggle(id: string): void {
    const others = chosen.filter((one) => one !== id);
    setChosen(others.length < chosen.length ? others : [...others, id].slice(-mostChosen));
  }

  return (
    <Dialog title={words.title} onClose={onClose}>
      {(close) => (
        <form
          onKeyDown={moveFocus}
          onSubmit={(event) => {
            event.preventDefault();
            for (const id of chosen) void session.chat.send(id, text, media.length > 0 ? { media } : {});
            close();
            const [only] = chosen;
            if (chosen.length === 1 && only) openConversation(only);
          }}
        >
          <p class="hint one-line" dir="auto">
            {excerpt(message)}
          </p>
          <Field
            name="forward-to"
            label={words.find}
            type="search"
            autocomplete="off"
            autofocus
            value={search}
            onInput={({ currentTarget }) => setSearch(currentTarget.value)}
          />
          {found.length === 0 && <p class="hint">{words.nothing}</p>}
          <ul class="people">
            {found.map((conversation) => {
              const { id, type } = conversation;
              const title = titleOf(conversation, session);
              const other = type === 'direct' ? partner(conversation, session) : undefined;
              return (
                <li key={id}>
                  <button type="button" aria-pressed={chosen.includes(id)} onClick={() => toggle(id)}>
                    <Avatar id={other ?? id} name={title} url={avatarUrlOf(conversation, session)} size="small" />
                    <span class="names">
                      <strong dir="auto">{title}</strong>
                    </span>
                  </button>
                </li>
              );
            })}
          </ul>
          <button type="submit" class="primary" disabled={chosen.length === 0}>
            {words.forward(chosen.length)}
          </button>
        </form>
      )}
    </Dialog>
  );
}
