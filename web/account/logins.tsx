import { useEffect, useState } from 'preact/hooks';
import type { Failure, Result } from '#client/index.ts';
import type { ActivityEvent, ActivityType, LoginSession } from '#protocol/credentials.ts';
import { failureMessage } from '#web/app/failure-messages.ts';
import type { Session } from '#web/session/session.ts';
import { formatDay, formatTime } from '#web/ui/dates.ts';

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
    <section>
      <h3>Where you are signed in</h3>
      <p class="failure" role="alert">
        {failure && failureMessage(failure)}
      </p>
      <ul class="logins">
        {sessions.map(({ id, device, lastUsedAt, current }) => (
          <li key={id}>
            <span>
              {device}
              <small>{current ? 'This device' : `Last used ${at(lastUsedAt)}`}</small>
            </span>
            {!current && (
              <button type="button" aria-label={`Sign out ${device}`} onClick={() => void end(chat.api.endSession(id))}>
                Sign out
              </button>
            )}
          </li>
        ))}
      </ul>
      {sessions.length > 1 && (
        <div class="actions">
          <button type="button" onClick={() => void end(chat.api.endOtherSessions())}>
            Sign out everywhere else
          </button>
        </div>
      )}
      <details>
        <summary>Recent activity</summary>
        <ul class="logins">
          {events.map(({ type, at: when, device }) => (
            <li key={`${when} ${type}`}>
              <span>
                {activityTexts[type] ?? type}
                <small>
                  {at(when)}, {device}
                </small>
              </span>
            </li>
          ))}
        </ul>
      </details>
    </section>
  );
}

const activityTexts: Readonly<Record<ActivityType, string>> = {
  login: 'Login',
  session_ended: 'A device was signed out',
  token_reused: 'A device was signed out, because its session may have been copied',
  password_changed: 'Password changed',
  password_reset: 'Password reset by mail',
  email_change_requested: 'Change of the e-mail address asked for',
  email_changed: 'E-mail address changed',
  email_verified: 'E-mail address verified',
  exported: 'Data downloaded',
};

function at(iso: string): string {
  return `${formatDay(iso)}, ${formatTime(iso)}`;
}
