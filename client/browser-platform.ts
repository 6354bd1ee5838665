import { indexedDbStore } from './indexed-db-store.ts';
import { nodePlatform } from './node-platform.ts';
import type { Platform, UploadRequest } from './platform.ts';

/** A page in a browser. All tabs of a person share one connection, by Web Locks and a `BroadcastChannel`. */
export const browserPlatform: Platform = {
  ...nodePlatform,
  cookies: true,
  outboxStore: indexedDbStore,
  upload,
  hidden: () => document.hidden,
  onWake: (listener) => {
    addEventListener('online', listener);
    addEventListener('offline', listener);
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) listener();
    });
  },
  lock: (name, work, steal = false) =>
    sharesTabs() ? navigator.locks.request(name, { steal }, work) : nodePlatform.lock(name, work),
  channel: (name, listener) => {
    if (!sharesTabs()) return nodePlatform.channel(name, listener);
    const channel = new BroadcastChannel(name);
    channel.onmessage = ({ data }) => listener(data);
    return { post: (message) => channel.postMessage(message), close: () => channel.close() };
  },
};

/** Whether the browser has what it takes to share a connection. If not, each tab has its own, like a program without other tabs. */
function sharesTabs(): boolean {
  return 'locks' in navigator && 'BroadcastChannel' in globalThis;
}

/** Uploads by `XMLHttpRequest`, because `fetch` doesn't report the progress of an upload. */
function upload(file: Blob, { url, headers, onProgress, signal }: UploadRequest): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('PUT', url);
    // Firefox would take an answer without a type for XML, and complain.
    request.responseType = 'text';
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded, total }) => onProgress(loaded / total);
    request.onload = () => resolve(request.status);
    request.onerror = () => reject(new Error('The upload failed'));
    request.onabort = () => reject(new Error('The upload was aborted'));
    signal?.addEventListener('abort', () => request.abort());
    request.send(file);
  });
}
