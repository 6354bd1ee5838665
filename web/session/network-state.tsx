import { signal } from '@preact/signals';
import { words } from '#web/words/app.ts';
import { connection, renewPresence } from './chat-state.ts';
import type { Session } from './session.ts';

/** Whether the device says that it has no network. It says so at once; a socket that is broken shows later. */
const isOffline = signal(!navigator.onLine);
const update = () => {
  isOffline.value = !navigator.onLine;
  renewPresence(navigator.onLine);
};
addEventListener('online', update);
addEventListener('offline', update);

/**
 * What keeps messages from coming and going, if anything does. It lies over what scrolls, so that nothing moves when it comes and goes, and
 * it waits a moment with what most often passes by itself.
 */
export function NetworkState({ session }: { session: Session }) {
  const state = connection.value;
  const mayPass = !isOffline.value && state !== 'ended';
  return (
    <p class={mayPass ? 'connection late' : 'connection'} role="status">
      {isOffline.value && `${words.offline} `}
      {(state === 'connecting' || state === 'reconnecting' || state === 'ended') && words[state]}
      {state === 'ended' && (
        <button type="button" class="link" onClick={() => session.chat.reconnect()}>
          {words.connectHere}
        </button>
      )}
    </p>
  );
}
