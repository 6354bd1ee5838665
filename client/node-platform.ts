import { memoryStore } from './outbox.ts';
import type { Platform } from './platform.ts';

/** A program that is the person's only client on the machine and never sleeps, such as a bot in Node. */
export const nodePlatform: Platform = {
  fetch: (input, init) => fetch(input, init),
  cookies: false,
  outboxStore: memoryStore,
  openSocket: (url, protocols) => new WebSocket(url, protocols),
  upload: async (body, { url, headers, signal = null }) =>
    (await fetch(url, { method: 'PUT', headers, body, signal })).status,
  now: () => Date.now(),
  elapsed: () => performance.now(),
  random: () => Math.random(),
  schedule: (delay, run) => {
    const timer = setTimeout(run, delay);
    return () => clearTimeout(timer);
  },
  hidden: () => false,
  onWake: () => {},
  lock: (_name, work) => work(),
  channel: () => ({ post: () => {}, close: () => {} }),
};
