import { useState } from 'preact/hooks';
import { failureMessage } from '#web/app/failure-messages.ts';
import { goToMessage } from '#web/app/navigation.ts';
import { conversationOf } from '#web/session/chat-state.ts';
import type { Session } from '#web/session/session.ts';
import { Field } from '#web/ui/field.tsx';
import { words } from '#web/words/search.ts';
import { firstSince } from './find-day.ts';

interface DayFieldProps {
  readonly session: Session;
  readonly conversationId: string;
  /** Called when the message was found to which the person goes. */
  readonly onFound: () => void;
}

/** Goes to the first message of a day, or of the next day that has one. */
export function DayField({ session, conversationId, onFound }: DayFieldProps) {
  const [status, setStatus] = useState('');
  async function go(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const day = String(new FormData(event.currentTarget as HTMLFormElement).get('day'));
    const lastSeq = conversationOf(conversationId)?.lastSeq ?? 0;
    setStatus('');
    const found = await firstSince(session.chat.api, conversationId, lastSeq, Date.parse(`${day}T00:00`));
    if ('error' in found) return setStatus(failureMessage(found.error));
    if (!found.ok) return setStatus(words.nothingSince);
    onFound();
    goToMessage(conversationId, found.ok.seq);
  }
  return (
    <>
      <form class="inline-form" onSubmit={(event) => void go(event)}>
        <Field name="day" type="date" label={words.day} required />
        <button type="submit">{words.goToDay}</button>
      </form>
      <p class="hint" role="status">
        {status}
      </p>
    </>
  );
}
