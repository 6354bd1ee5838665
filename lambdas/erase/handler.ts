import { createMedia } from '#adapters/dynamo/media/media.ts';
import { createPlans } from '#adapters/dynamo/messages/plans.ts';
import { createTable } from '#adapters/dynamo/table.ts';
import { createErasure } from '#adapters/dynamo/users/erasure.ts';
import { Erasure } from '#adapters/queues/erasures.ts';
import { createQueue } from '#adapters/queues/queue.ts';
import { runtime } from '#adapters/runtime.ts';
import { createSocketCloser } from '#adapters/sockets/close.ts';
import { deliverWritten } from '#core/delivery/changes.ts';
import { type AccountEraser, eraseAccount } from '#core/erasure/account.ts';
import { chatStores } from '#lambdas/kit/conversation-dependencies.ts';
import { setting } from '#lambdas/kit/environment.ts';
import { mobile } from '#lambdas/kit/mobile.ts';
import { queueHandler } from '#lambdas/kit/queue.ts';
import { limits } from '#protocol/limits.ts';

const { client, table, conversations, changes, sessions, delivery } = chatStores();
const media = createMedia(client, createTable(client, setting('MEDIA_TABLE')));
const close = createSocketCloser(setting('WEBSOCKET_ENDPOINT'), { reason: 'erased', reconnect: false });
const erasures = createQueue<Erasure>(setting('ERASURES_QUEUE_URL'));

const eraser: AccountEraser = {
  ...runtime,
  ...conversations,
  ...changes,
  ...createErasure(client, createTable(client, setting('USERS_TABLE')), table, media, mobile.forget),
  apply: createPlans(client, table, media),
  closeSockets: (userId) => sessions.erase(userId, close, Date.now()),
  deliver: (conversationId, written) => deliverWritten(delivery, conversationId, written),
};

/** The time that is kept for the last page of changes and the steps after it, in ms. */
const reserveMs = 10_000;

/**
 * After this time the account is erased once more. What was under way when the account was closed, such as frames of its sockets,
 * may have written something since.
 */
const lastLookSeconds = 1.5 * limits.accessTokenSeconds;

/**
 * Erases the accounts of the queue Erasures. If the time runs out, it queues the account again with the place to go on. If it
 * fails, the message is received again.
 */
export const handler = queueHandler(Erasure, async ({ last, ...progress }, _, context) => {
  const hasTime = () => context.getRemainingTimeInMillis() > reserveMs;
  const rest = await eraseAccount(eraser, progress, Date.now(), hasTime);
  if (rest) await erasures.send({ ...rest, ...(last && { last }) });
  else if (!last) await erasures.send({ userId: progress.userId, last: true }, lastLookSeconds);
  return 'done';
});
