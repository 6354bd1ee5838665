import { useEffect, useState } from 'preact/hooks';
import type { Failure, Result } from '#client/index.ts';
import type { ActivityEvent, LoginSession } from '#protocol/credentials.ts';
import { failureMessage } from '#web/app/failure-messages.ts';
import type { Session } from '#web/session/session.ts';
import { formatDay, formatTime } from '#web/ui/dates.ts';
import { words } from '#web/words/account.ts';

/** Where the person is signed in, and what happened to the account of late. */
export function Logins({ session: { chat } }: { session: Session }) {
  const [sessions, setSessions] = useState<readonly LoginSession[]>([]);
  const [events, setEvents] = useState<readonly ActivityEvent[]>([]);
  const [failure, setFailure] = useState<Failure>();
  async function load() {
    const [logins, activity] = await Promise.all([chat.api.sessions(), chat.api.activity()]);
    if ('ok' in logins) setSessions(logins.ok.sessions);
    if ('ok' in activity) setEvents(activity.ok.events);
    setFailure('error' in logins ? logins.error : 'error' in activity ? activity.error : undefined);
  }
  async function end(ending: Promise<Result<void>>) {
    const ended = await ending;
    if ('error' in ended) setFailure(ended.error);
    else await load();
  }
  useEffect(() => void load(), [chat]);
  return (
    <>
      <p class="failure" role="alert">
        {failure && failureMessage(failure)}
      </p>
      <ul class="logins">
        {sessions.map(({ id, device, lastUsedAt, current }) => (
          <li key={id}>
            <span>
              {device}
              <small>{current ? words.thisDevice : words.lastUsed(at(lastUsedAt))}</small>
            </span>
            {!current && (
              <button
                type="button"
                aria-label={words.signOutDevice(device)}
                onClick={() => void end(chat.api.endSession(id))}
              >
                {words.signOut}
              </button>
            )}
          </li>
        ))}
      </ul>
      {sessions.length > 1 && (
        <div class="actions">
          <button type="button" onClick={() => void end(chat.api.endOtherSessions())}>
            {words.signOutOthers}
          </button>
        </div>
      )}
      <section>
        <h4>{words.activity}</h4>
        {events.length === 0 && <p class="hint">{words.noActivity}</p>}
        <ul class="logins">
          {events.map(({ type, at: when, device }) => (
            <li key={`${when} ${type}`}>
              <span>
                {words[type] ?? type}
                <small>
                  {at(when)}, {device}
                </small>
              </span>
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}

function at(iso: string): string {
  return `${formatDay(iso)}, ${formatTime(iso)}`;
}
