import { useEffect } from 'preact/hooks';
import { type Attempt, useConversation } from '#web/conversation/conversation-context.ts';
import { blockedIds, loadBlocks, setBlocked } from '#web/people/blocks.ts';
import { Switch } from '#web/ui/switch.tsx';
import { words } from '#web/words/details.ts';

/** Blocks the partner of a direct conversation. */
export function Block({ userId, attempt }: { userId: string; attempt: Attempt }) {
  const { session } = useConversation();
  const blocked = blockedIds(session);
  useEffect(() => void loadBlocks(session.chat), [session.chat]);
  return (
    <section>
      <Switch
        label={words.block}
        hint={words.blockHint}
        checked={blocked?.includes(userId) ?? false}
        disabled={blocked === undefined}
        onChange={(on) => attempt(setBlocked(session, userId, on))}
      />
    </section>
  );
}
