import { useEffect, useState } from 'preact/hooks';
import type { Failure, Message } from '#client/index.ts';
import type { Versions } from '#protocol/messages.ts';
import { failureMessage } from '#web/app/failure-messages.ts';
import { useConversation } from '#web/conversation/conversation-context.ts';
import { formatDay, formatTime } from '#web/ui/dates.ts';
import { Dialog } from '#web/ui/dialog.tsx';
import { words } from '#web/words/message-menu.ts';
import { words as common } from '#web/words/ui.ts';

/** A dialog with the texts that a message had before its edits. */
export function MessageVersions({ message, onClose }: { message: Message; onClose: () => void }) {
  return (
    <Dialog title={words.versions} onClose={onClose}>
      {() => <List message={message} />}
    </Dialog>
  );
}

function List({ message }: { message: Message }) {
  const { id, session } = useConversation();
  const [found, setFound] = useState<Versions['versions']>();
  const [failure, setFailure] = useState<Failure>();
  useEffect(() => {
    void session.chat.api.versions(id, message.seq).then((result) => {
      if ('ok' in result) setFound(result.ok.versions);
      else setFailure(result.error);
    });
  }, [session, id, message.seq]);
  if (failure) return <p class="failure">{failureMessage(failure)}</p>;
  if (!found) return <p class="hint">{common.loading}</p>;
  return (
    <ol class="versions">
      {found.map(({ text, replacedAt }) => (
        <li key={replacedAt}>
          <p dir="auto">{text}</p>
          <small>{words.until(formatDay(replacedAt), formatTime(replacedAt))}</small>
        </li>
      ))}
    </ol>
  );
}
