import { setTimeout as sleep } from 'node:timers/promises';
import type { Step } from './steps.ts';
import type { VirtualUser } from './virtual-user.ts';

/** A picture of one pixel. What a picture costs doesn't depend on its size, but for the bytes themselves. */
const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** Performs a step of a scenario. `until` is the end of the test, in ms since 1970. */
export async function perform(user: VirtualUser, step: Step, until: number): Promise<void> {
  if ('signIn' in step) {
    const { username, password } = user.user;
    const signedIn = await user.ask('sign_in', () => user.auth.login({ login: username, password }));
    if (!signedIn) throw new Error('sign_in');
  } else if ('validateToken' in step) {
    for (let i = 0; i < step.validateToken.times; i++)
      await user.ask('validate', () => user.auth.call({ method: 'POST', path: '/auth/validate' }));
  } else if ('refreshToken' in step) {
    for (let i = 0; i < step.refreshToken.times; i++)
      await user.ask('refresh', async () => {
        const token = await user.auth.token();
        if ('ok' in token) user.auth.discard(token.ok);
        return user.auth.token();
      });
  } else if ('connect' in step) await user.connect();
  else if ('listen' in step) await sleep(Math.max(0, until - Date.now()));
  else if ('send' in step) await sendUntil(user, step.send, until);
  else if ('expectDeliveries' in step) {
    if (Math.random() < step.expectDeliveries.share) await user.expectDeliveries(step.expectDeliveries.in);
  } else if ('sync' in step) {
    for (let i = 0; i < step.sync.times; i++) {
      const cursors = Object.fromEntries(user.chat.conversations.all.map(({ id, lastSeq }) => [id, lastSeq]));
      await user.ask('sync', () => user.api.sync(cursors));
    }
  } else if ('readHistory' in step) {
    const { in: place, pauseSeconds } = step.readHistory;
    let before: number | undefined;
    await every(pauseSeconds, until, async () => {
      const bounds = { limit: 50, ...(before !== undefined && { before }) };
      const page = await user.ask('history', () => user.api.history(user.user[place], bounds));
      before = page?.hasMore ? page.messages[0]?.seq : undefined;
    });
  } else if ('upload' in step) {
    const { in: place, pauseSeconds } = step.upload;
    const file = new Blob([picture], { type: 'image/png' });
    await every(pauseSeconds, until, async () => {
      const media = await user.ask('upload', () => user.chat.media.upload(user.user[place], file));
      if (media) await user.chat.send(user.user[place], '', { media: [media] });
    });
  } else if ('reconnect' in step) await every(step.reconnect.pauseSeconds, until, () => user.loseConnection());
  else step satisfies never;
}

/** The times between messages are exponentially distributed, as those of many people who write independently. */
async function sendUntil(
  user: VirtualUser,
  step: Extract<Step, { send: unknown }>['send'],
  until: number,
): Promise<void> {
  const meanMs = 60_000 / step.perMinute;
  const gap = () => -Math.log(1 - Math.random()) * meanMs;
  const writes = Math.random() < step.share;
  for (let dueAt = Date.now() + gap(); writes && dueAt < until; dueAt += gap()) {
    await sleep(Math.max(0, dueAt - Date.now()));
    user.send(step.in, Math.round(dueAt), step.characters);
  }
  await sleep(Math.max(0, until - Date.now()));
}

async function every(seconds: number, until: number, run: () => Promise<void>): Promise<void> {
  // Users who came together don't do it together.
  await sleep(Math.min(Math.random() * seconds * 1_000, Math.max(0, until - Date.now())));
  while (Date.now() < until) {
    await run();
    await sleep(Math.min(seconds * 1_000, Math.max(0, until - Date.now())));
  }
}
