import { useState } from 'preact/hooks';
import type { Failure } from '#client/index.ts';
import type { User } from '#protocol/accounts.ts';
import { limits } from '#protocol/limits.ts';
import { failureMessage } from '#web/app/failure-messages.ts';
import { openConversation } from '#web/app/navigation.ts';
import { PeoplePicker } from '#web/people/people-picker.tsx';
import type { Session } from '#web/session/session.ts';
import { Dialog } from '#web/ui/dialog.tsx';
import { Field } from '#web/ui/field.tsx';
import { words } from '#web/words/new-conversation.ts';
import { isNewConversationOpen } from './new-conversation.ts';

/** A dialog to choose one person for a direct conversation, or several for a group. */
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
  const [failure, setFailure] = useState<Failure>();
  const [busy, setBusy] = useState(false);
  const isGroup = chosen.length > 1;

  function toggle(user: User) {
    const others = chosen.filter(({ id }) => id !== user.id);
    setChosen(others.length < chosen.length ? others : [...chosen, user]);
  }

  async function submit(event: SubmitEvent) {
    event.preventDefault();
    const data = new FormData(event.currentTarget as HTMLFormElement);
    const memberIds = chosen.map(({ id }) => id);
    setBusy(true);
    const created = await session.chat.createConversation(
      isGroup ? { type: 'group', name: String(data.get('group')).trim(), memberIds } : { type: 'direct', memberIds },
    );
    setBusy(false);
    if ('error' in created) return setFailure(created.error);
    onDone();
    openConversation(created.ok.id);
  }

  return (
    <form onSubmit={submit}>
      <PeoplePicker session={session} chosen={chosen} onToggle={toggle} />
      {isGroup && (
        <Field
          name="group"
          label={words.groupName}
          required
          maxLength={limits.groupNameCharacters}
          autocomplete="off"
        />
      )}
      <p class="failure" role="alert">
        {failure && failureMessage(failure)}
      </p>
      <button type="submit" class="primary" disabled={chosen.length === 0 || busy}>
        {isGroup ? words.createGroup(chosen.length + 1) : words.start}
      </button>
    </form>
  );
}
