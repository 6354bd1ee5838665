import { useEffect } from 'preact/hooks';
import type { Session } from '#web/session/session.ts';
import { IconButton } from '#web/ui/icon-button.tsx';
import { BellIcon, BellOffIcon } from '#web/ui/more-icons.tsx';
import { words } from '#web/words/notifications.ts';
import { canNotify } from './notifications.ts';
import { areNotificationsOn, resumeNotifications, toggleNotifications } from './subscription.ts';

interface NotificationButtonProps {
  readonly session: Session;
  /** Takes a message for the person; an empty one when there is nothing wrong any more. */
  readonly onFailure: (message: string) => void;
}

/** Turns notifications in this browser on and off. */
export function NotificationButton({ session, onFailure }: NotificationButtonProps) {
  const { api } = session.chat;
  useEffect(() => void resumeNotifications(api), [api]);
  if (!canNotify) return null;
  const on = areNotificationsOn.value;
  return (
    <IconButton label={on ? words.off : words.on} onClick={() => void toggleNotifications(api).then(onFailure)}>
      {on ? <BellIcon /> : <BellOffIcon />}
    </IconButton>
  );
}
