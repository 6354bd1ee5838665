import { useState } from 'preact/hooks';
import type { Failure } from '#client/index.ts';
import type { User } from '#protocol/accounts.ts';
import type { CreateConversation } from '#protocol/conversations.ts';
import { limits } from '#protocol/limits.ts';
import { failureMessage } from '#web/app/failure-messages.ts';
import { openConversation } from '#web/app/navigation.ts';
import { NameField } from '#web/people/name-field.tsx';
import { PeoplePicker } from '#web/people/people-picker.tsx';
import { ShareLink } from '#web/people/share-link.tsx';
import type { Session } from '#web/session/session.ts';
import { Dialog } from '#web/ui/dialog.tsx';
import { words } from '#web/words/new-conversation.ts';
import { isNewConversationOpen } from './new-conversation.ts';

/** A dialog that opens the conversation with the person who is clicked, or makes a group of several. */
export function NewConversationDialog({ session }: { session: Session }) {
  return (
    <Dialog
      title={words.title}
      onClose={() => {
        isNewConversationOpen.value = false;
      }}
    >
      {(close) => <Form session={session} onDone={close} />}
    </Dialog>
  );
}

function Form({ session, onDone }: { session: Session; onDone: () => void }) {
  const [chosen, setChosen] = useState<readonly User[]>([]);
  const [isGroup, setGroup] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const [busy, setBusy] = useState(false);

  function choose(user: User) {
    if (!isGroup) return void begin({ type: 'direct', memberIds: [user.id] });
    const others = chosen.filter(({ id }) => id !== user.id);
    setChosen(others.length < chosen.length ? others : [...chosen, user]);
  }

  async function begin(details: CreateConversation) {
    if (busy) return;
    setBusy(true);
    setFailure(undefined);
    const created = await session.chat.createConversation(details);
    setBusy(false);
    if ('error' in created) return setFailure(created.error);
    onDone();
    openConversation(created.ok.id);
  }

  function submit(event: SubmitEvent) {
    event.preventDefault();
    if (!isGroup) return;
    const name = String(new FormData(event.currentTarget as HTMLFormElement).get('group')).trim();
    void begin({ type: 'group', name, memberIds: chosen.map(({ id }) => id) });
  }

  return (
    <form onSubmit={submit} aria-busy={busy}>
      <div class="actions">
        <button type="button" aria-pressed={isGroup} onClick={() => setGroup(!isGroup)}>
          {words.group}
        </button>
      </div>
      {isGroup && (
        <NameField
          name="group"
          label={words.groupName}
          maxLength={limits.groupNameCharacters}
          autocomplete="off"
          failure={failure}
        />
      )}
      <PeoplePicker session={session} {...(isGroup && { chosen })} onToggle={choose} />
      <p class="failure" role="alert">
        {failure && failureMessage(failure)}
      </p>
      {isGroup ? (
        <button type="submit" class="primary" disabled={busy}>
          {words.createGroup(chosen.length + 1)}
        </button>
      ) : (
        <details>
          <summary>{words.notHere}</summary>
          <ShareLink user={session.user} />
        </details>
      )}
    </form>
  );
}
