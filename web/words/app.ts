import { texts } from './texts.ts';

/** The page as a whole, and its connection. */
export const words = texts('app', {
  loading: 'Loading',
  unreachable: 'STORM can’t be reached',
  checkConnection: 'Check your connection, then try again.',
  offline: 'You are offline. What you write is sent when you are back.',
  connecting: 'Connecting…',
  reconnecting: 'Reconnecting…',
  ended: 'Paused, because you are connected in too many other places.',
  connectHere: 'Connect here',
});
