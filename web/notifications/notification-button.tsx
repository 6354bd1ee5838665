import { useEffect, useState } from 'preact/hooks';
import { failureMessage } from '#web/app/failure-messages.ts';
import type { Session } from '#web/session/session.ts';
import { IconButton } from '#web/ui/icon-button.tsx';
import { BellIcon, BellOffIcon } from '#web/ui/more-icons.tsx';
import { words } from '#web/words/notifications.ts';
import { canNotify } from './notifications.ts';
import { resumeNotifications, turnOffNotifications, turnOnNotifications } from './subscription.ts';

interface NotificationButtonProps {
  readonly session: Session;
  /** Takes a message for the person; an empty one when there is nothing wrong any more. */
  readonly onFailure: (message: string) => void;
}

/** Turns notifications in this browser on and off. */
export function NotificationButton({ session, onFailure }: NotificationButtonProps) {
  const { api } = session.chat;
  const [on, setOn] = useState(false);
  useEffect(() => {
    void resumeNotifications(api).then(setOn);
  }, [api]);
  if (!canNotify) return null;

  async function toggle() {
    try {
      const failure = on ? await turnOffNotifications() : await turnOnNotifications(api);
      if (failure === 'denied') onFailure(words.denied);
      else if (failure) onFailure(failureMessage(failure));
      else {
        onFailure('');
        setOn(!on);
      }
    } catch (cause) {
      console.warn(cause);
      onFailure(words.noService);
    }
  }

  const label = on ? words.off : words.on;
  return (
    <IconButton label={label} onClick={toggle}>
      {on ? <BellIcon /> : <BellOffIcon />}
    </IconButton>
  );
}
