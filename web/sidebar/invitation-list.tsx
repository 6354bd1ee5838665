import { useState } from 'preact/hooks';
import type { Result } from '#client/index.ts';
import type { Invitation } from '#protocol/invitations.ts';
import { failureMessage } from '#web/app/failure-messages.ts';
import { openConversation } from '#web/app/navigation.ts';
import { Name } from '#web/people/names.tsx';
import { invitations } from '#web/session/chat-state.ts';
import type { Session } from '#web/session/session.ts';
import { ConfirmButton } from '#web/ui/confirm-button.tsx';
import '#web/styles/invitations.css';
import { words } from '#web/words/invitations.ts';

/** The groups to which the person is invited, below their conversations. */
export function InvitationList({ session }: { session: Session }) {
  const [failure, setFailure] = useState('');
  async function attempt(answer: Promise<Result<unknown>>): Promise<boolean> {
    const result = await answer;
    setFailure('error' in result ? failureMessage(result.error) : '');
    return !('error' in result);
  }
  if (invitations.value.length === 0 && failure === '') return null;
  return (
    <section class="invitations" aria-label={words.title}>
      <h2>{words.title}</h2>
      <ul>
        {invitations.value.map((invitation) => (
          <InvitationItem key={invitation.conversationId} invitation={invitation} session={session} attempt={attempt} />
        ))}
      </ul>
      <p class="failure" role="alert">
        {failure}
      </p>
    </section>
  );
}

interface InvitationItemProps {
  readonly invitation: Invitation;
  readonly session: Session;
  /** Shows why an answer was refused. Resolves with whether it was accepted. */
  readonly attempt: (answer: Promise<Result<unknown>>) => Promise<boolean>;
}

function InvitationItem({ invitation, session, attempt }: InvitationItemProps) {
  const { conversationId, name, by, memberCount } = invitation;
  const { chat } = session;
  async function accept(): Promise<void> {
    if (await attempt(chat.invitations.accept(conversationId))) openConversation(conversationId);
  }
  const decline = (block: boolean) => void attempt(chat.invitations.decline(conversationId, { block }));
  return (
    <li class="invitation">
      <strong dir="auto">{name ?? words.group}</strong>
      <small>{words.invites(<Name id={by} session={session} />, memberCount)}</small>
      <div class="actions">
        <button type="button" class="primary" onClick={() => void accept()}>
          {words.accept}
        </button>
        <button type="button" onClick={() => decline(false)}>
          {words.decline}
        </button>
        <ConfirmButton confirmLabel={words.block(<Name id={by} session={session} />)} onConfirm={() => decline(true)}>
          {words.declineAndBlock}
        </ConfirmButton>
      </div>
    </li>
  );
}
