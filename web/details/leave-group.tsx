import { type Attempt, useConversation } from '#web/conversation/conversation-context.ts';
import { ConfirmButton } from '#web/ui/confirm-button.tsx';
import { words } from '#web/words/details.ts';

export function LeaveGroup({ attempt }: { attempt: Attempt }) {
  const { id, session } = useConversation();
  return (
    <section>
      <div class="actions">
        <ConfirmButton
          confirmLabel={words.reallyLeave}
          onConfirm={() => void attempt(session.chat.api.removeMember(id, session.user.id))}
        >
          {words.leave}
        </ConfirmButton>
      </div>
    </section>
  );
}
