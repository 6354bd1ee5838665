import { useState } from 'preact/hooks';
import { failureMessage } from '#web/app/failure-messages.ts';
import { canNotify } from '#web/notifications/notifications.ts';
import { areNotificationsOn, toggleNotifications } from '#web/notifications/subscription.ts';
import type { Session } from '#web/session/session.ts';
import { Switch } from '#web/ui/switch.tsx';
import { words } from '#web/words/settings.ts';
import type { OwnSettings } from './own-settings.ts';

/** Whether this browser notifies, and what the notifications say. */
export function NotificationSettings({ session: { chat }, own }: { session: Session; own: OwnSettings }) {
  const { settings, failure, change } = own;
  const [refusal, setRefusal] = useState('');
  return (
    <>
      <Switch
        label={words.notify}
        hint={canNotify ? words.notifyHint : words.cannotNotify}
        checked={areNotificationsOn.value}
        disabled={!canNotify}
        onChange={async () => setRefusal(await toggleNotifications(chat.api))}
      />
      <Switch
        label={words.pushText}
        hint={words.pushTextHint}
        checked={settings?.pushText ?? true}
        disabled={!settings}
        onChange={(pushText) => change({ pushText })}
      />
      <p class="failure" role="alert">
        {refusal || (failure && failureMessage(failure))}
      </p>
    </>
  );
}
