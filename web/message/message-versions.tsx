import { useEffect, useState } from 'preact/hooks';
import type { Failure, Message } from '#client/index.ts';
import type { Versions } from '#protocol/messages.ts';
import { inWords } from '#web/app/failure-messages.ts';
import { useTalk } from '#web/conversation/conversation-context.ts';
import { dayOf, timeOf } from '#web/ui/dates.ts';
import { Dialog } from '#web/ui/dialog.tsx';

/** What a message said before its edits. */
export function EarlierVersions() {
  const { versions } = useTalk();
  const message = versions.value;
  if (!message) return null;
  return (
    <Dialog title="Earlier versions" onClose={() => (versions.value = undefined)}>
      {() => <List message={message} />}
    </Dialog>
  );
}

function List({ message }: { message: Message }) {
  const { conversation, session } = useTalk();
  const [found, setFound] = useState<Versions['versions']>();
  const [failure, setFailure] = useState<Failure>();
  useEffect(() => {
    void session.chat.api.versions(conversation.id, message.seq).then((result) => {
      if ('ok' in result) setFound(result.ok.versions);
      else setFailure(result.error);
    });
  }, [session, conversation.id, message.seq]);
  if (failure) return <p class="failure">{inWords(failure)}</p>;
  if (!found) return <p class="hint">Loading…</p>;
  return (
    <ol class="versions">
      {found.map(({ text, replacedAt }) => (
        <li key={replacedAt}>
          <p dir="auto">{text}</p>
          <small>
            until {dayOf(replacedAt)}, {timeOf(replacedAt)}
          </small>
        </li>
      ))}
    </ol>
  );
}
