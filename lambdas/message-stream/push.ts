import { movesIn } from '#adapters/dynamo/messages/pointers.ts';
import { changeIn } from '#adapters/dynamo/messages/stream.ts';
import type { StreamRecord } from '#adapters/dynamo/stream-record.ts';
import { createTable } from '#adapters/dynamo/table.ts';
import { createPushed } from '#adapters/dynamo/users/push-subscriptions.ts';
import { createQueue } from '#adapters/queues/queue.ts';
import type { UserState } from '#core/delivery/ports.ts';
import { lookAfterSeconds } from '#core/push/look.ts';
import { findTakeBacks } from '#core/push/outdated.ts';
import type { PushJob } from '#core/push/ports.ts';
import { findPushJobs } from '#core/push/recipients.ts';
import { setting } from '#lambdas/kit/environment.ts';
import { client, delivery } from './dependencies.ts';

const jobs = createQueue<PushJob>(setting('PUSH_JOBS_QUEUE_URL'), ({ conversationId }) => conversationId);
const pushedTo = createPushed(createTable(client, setting('USERS_TABLE')));

/** Queues the push jobs for new messages and deletions of one conversation. */
export async function push(conversationId: string, records: readonly StreamRecord[]): Promise<void> {
  const changes = records.map(changeIn);
  const { due, looks, takeBacks } = await findPushJobs({ ...delivery, pushedTo }, conversationId, {
    messages: changes.filter((change) => change.type === 'message'),
    deleted: changes.filter((change) => change.type === 'deleted').map(({ target }) => target),
  });
  await jobs.sendAll([...due, ...takeBacks]);
  await jobs.sendAll(looks, lookAfterSeconds);
}

/** Queues that the notifications are taken back which the receipts in some records have outdated. `movers` are those who sent them. */
export async function takeBackRead(
  conversationId: string,
  records: readonly StreamRecord[],
  movers: readonly UserState[],
): Promise<void> {
  const outdated = movesIn(records)
    .filter(({ before, after }) => after.readSeq > before.readSeq)
    .map(({ after: { userId, readSeq } }) => ({ userId, readSeq, deleted: [] }));
  await jobs.sendAll(await findTakeBacks({ pushedTo }, conversationId, outdated, movers, Date.now()));
}
