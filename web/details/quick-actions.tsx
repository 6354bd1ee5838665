import { type Attempt, useConversation } from '#web/conversation/conversation-context.ts';
import { searching } from '#web/search/searching.ts';
import { MutedIcon, SearchIcon } from '#web/ui/icons.tsx';
import { useWanted } from '#web/ui/use-wanted.ts';
import { words } from '#web/words/details.ts';
import '#web/styles/quick-actions.css';

/** What is done most often with a conversation as a whole. */
export function QuickActions({ attempt }: { attempt: Attempt }) {
  const { conversation, session, id } = useConversation();
  const { shown: isMuted, isBusy, change } = useWanted(conversation.muted, (on) => attempt(session.chat.mute(id, on)));
  return (
    <div class="quick-actions">
      <button
        type="button"
        aria-pressed={isMuted}
        aria-busy={isBusy}
        title={words.muteHint}
        onClick={() => isBusy || void change(!isMuted)}
      >
        <span class="round">
          <MutedIcon />
        </span>
        {words.mute}
      </button>
      <button
        type="button"
        onClick={({ currentTarget }) => {
          // A sheet would cover what is found.
          const sheet = currentTarget.closest('dialog');
          if (sheet?.matches(':modal')) sheet.close();
          searching.value = { conversationId: id };
        }}
      >
        <span class="round">
          <SearchIcon />
        </span>
        {words.search}
      </button>
    </div>
  );
}
