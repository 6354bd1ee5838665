import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { createHostLimits } from '#adapters/push/host-limits.ts';
import type { Failing } from '#core/push/failing.ts';
import { type DeviceStore, notifyDevice } from '#core/push/notify-device.ts';
import type { Notified, WebSubscription } from '#core/push/ports.ts';

const notification = { conversationId: 'chat', seq: 1, unread: 1, badge: 1 };
const start = Date.UTC(2026, 10, 28);
const hour = 3_600_000;

/** One browser in a store, and a push service whose answers the test gives. */
function world() {
  const keys = { p256dh: '', auth: '' };
  const device = { userId: 'ben', familyId: 'f', id: 'd', endpoint: 'https://push.example', keys };
  let failing: Failing | undefined;
  const ended: string[] = [];
  const store: DeviceStore = {
    unsubscribe: async (_, id) => void ended.push(id),
    async setFailing(read, next) {
      if (read.failing?.count !== failing?.count) return false;
      failing = next;
      return true;
    },
  };
  let posts = 0;
  const read = (): WebSubscription => ({ ...device, failing });
  return {
    ended,
    read,
    state: () => failing,
    posts: () => posts,
    notify(answer: Notified, now: number, subscription = read()): Promise<Notified> {
      const post = async () => {
        posts++;
        return answer;
      };
      return notifyDevice(store, post, subscription, notification, now);
    },
  };
}

const failed = { failed: 'no answer' };

describe('an endpoint that fails', () => {
  test('is tried again after one failure, and rests after the second', async () => {
    const { notify, posts } = world();
    await notify(failed, start);
    expect(await notify(failed, start + 5_000)).toEqual(failed);
    expect(await notify('sent', start + 6_000)).toMatchObject({ untried: true, retryAfterMs: 19_000 });
    expect(posts()).toBe(2);
    expect(await notify('sent', start + 25_000)).toBe('sent');
  });

  test('is one that works again after one success', async () => {
    const { notify, state } = world();
    for (const at of [0, 5_000]) await notify(failed, start + at);
    await notify('sent', start + 30_000);
    expect(state()).toBeUndefined();
  });

  test('is tried by one job at a time, and counts one failure for those that come together', async () => {
    const { notify, read, posts, state } = world();
    const healthy = read();
    await Promise.all([notify(failed, start, healthy), notify(failed, start, healthy)]);
    expect(state()?.count).toBe(1);
    const later = read();
    await Promise.all(Array.from({ length: 40 }, () => notify(failed, start + 10_000, later)));
    expect(posts()).toBe(3);
  });

  test('is waited for by no notification after some minutes, and is tried once an hour then', async () => {
    const { notify, posts } = world();
    for (let ms = 0; ms < hour; ms += 1_000) await notify(failed, start + ms);
    expect(posts()).toBeLessThan(10);
    expect(await notify(failed, start + hour)).toMatchObject({ final: true });
    const before = posts();
    for (let ms = 2 * hour; ms < 12 * hour; ms += 60_000) await notify(failed, start + ms);
    expect(posts() - before).toBe(10);
  });

  test('loses its subscription after a day of nothing but failures, and not after two failures with a day between', async () => {
    const { notify, ended } = world();
    await notify(failed, start);
    await notify(failed, start + 25 * hour);
    expect(ended).toEqual([]);
    for (let h = 26; h < 40; h += 1.1) await notify(failed, start + h * hour);
    expect(ended[0]).toBe('d');
  });

  test('is not blamed for what was never posted to it', async () => {
    const { notify, state } = world();
    await notify({ failed: 'the host hangs', untried: true }, start);
    expect(state()).toBeUndefined();
  });
});

describe('the posts to one host', () => {
  const hanging = async () => {
    await sleep(5);
    throw new DOMException('no answer', 'TimeoutError');
  };

  test('are ten at a time', async () => {
    const { run } = createHostLimits();
    let [running, most] = [0, 0];
    const post = async (): Promise<Notified> => {
      most = Math.max(most, ++running);
      await sleep(1);
      running--;
      return 'sent';
    };
    const outcomes = await Promise.all(Array.from({ length: 45 }, () => run('push.example', post)));
    expect(outcomes).toEqual(Array(45).fill('sent'));
    expect(most).toBe(10);
  });

  test('fail at once while it hangs, except one, whose answer ends that', async () => {
    const { run } = createHostLimits();
    let posts = 0;
    const count = () => {
      posts++;
      return hanging();
    };
    await Promise.all(Array.from({ length: 40 }, () => run('hanging.example', count)));
    // Ten, and those that the first two time-outs let in.
    expect(posts).toBe(12);
    await Promise.all(Array.from({ length: 40 }, () => run('hanging.example', count)));
    expect(posts).toBe(13);
    expect(await run('hanging.example', async () => 'sent')).toBe('sent');
    const again = await Promise.all(Array.from({ length: 20 }, () => run('hanging.example', async () => 'sent')));
    expect(again).toEqual(Array(20).fill('sent'));
  });

  test('don’t wait for those to another', async () => {
    const { run } = createHostLimits();
    const never = new Promise<Notified>(() => {});
    for (let i = 0; i < 40; i++) void run('hanging.example', () => never);
    expect(await run('good.example', async () => 'sent')).toBe('sent');
  });

  test('fail by themselves where the host refuses the connection: nobody waits for that', async () => {
    const { run } = createHostLimits();
    const refused = () => Promise.reject(new Error('ECONNREFUSED'));
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => run('closed.example', refused)));
    expect(outcomes).toEqual(Array(20).fill({ failed: 'ECONNREFUSED' }));
  });
});
