import { type Platform, standardPlatform } from '../../client/index.ts';

/** The client's surroundings in a browser. */
export const browserPlatform: Platform = {
  ...standardPlatform,
  cookies: true,
  hidden: () => document.hidden,
  onWake: (listener) => {
    addEventListener('online', listener);
    addEventListener('offline', listener);
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) listener();
    });
  },
  exclusively: (work) => navigator.locks.request('storm-refresh', work),
};
