import { useEffect, useState } from 'preact/hooks';
import { inWords } from '#web/app/failure-messages.ts';
import type { Session } from '#web/app/session.ts';
import { BellIcon, NoBellIcon } from '#web/ui/icons.tsx';
import { canNotify, resumeNotifications, turnOffNotifications, turnOnNotifications } from './notifications.ts';

interface Props {
  readonly session: Session;
  readonly onFailure: (words: string) => void;
}

/** Turns notifications of this browser on and off. */
export function NotificationSwitch({ session, onFailure }: Props) {
  const { api } = session.chat;
  const [on, setOn] = useState(false);
  useEffect(() => {
    void resumeNotifications(api).then(setOn);
  }, [api]);
  if (!canNotify) return null;

  async function turn() {
    try {
      const failure = on ? await turnOffNotifications() : await turnOnNotifications(api);
      if (failure === 'denied') onFailure('This browser doesn’t allow notifications of this page.');
      else if (failure) onFailure(inWords(failure));
      else {
        onFailure('');
        setOn(!on);
      }
    } catch (cause) {
      console.warn(cause);
      onFailure('This browser has no push service that can be reached.');
    }
  }

  const words = on ? 'Turn notifications off' : 'Turn notifications on';
  return (
    <button type="button" class="quiet round" aria-label={words} title={words} onClick={turn}>
      {on ? <BellIcon /> : <NoBellIcon />}
    </button>
  );
}
