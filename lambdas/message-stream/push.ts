import { changeIn } from '#adapters/dynamo/messages/stream.ts';
import type { StreamRecord } from '#adapters/dynamo/stream-record.ts';
import { createQueue } from '#adapters/queues/queue.ts';
import type { PushJob } from '#core/push/ports.ts';
import { pushJobs } from '#core/push/recipients.ts';
import { chatStores } from '#lambdas/kit/conversation-dependencies.ts';
import { setting } from '#lambdas/kit/environment.ts';

const { conversations, audience, sessions } = chatStores();
const jobs = createQueue<PushJob>(setting('PUSH_JOBS_QUEUE_URL'));

/** Hands new messages on to the push function, for those who are nowhere online; several of a conversation as one. */
export async function push(conversationId: string, records: readonly StreamRecord[]): Promise<void> {
  const messages = records.map(changeIn).filter((change) => change.type === 'message');
  if (messages.length === 0) return;
  const conversation = await conversations.load(conversationId, []);
  if (!conversation) return;
  const members = await audience(conversation);
  const now = Date.now();
  const people = await sessions.statesOf(
    members.map(({ userId }) => userId),
    now,
  );
  await jobs.sendAll(pushJobs(conversation, members, people, messages, now));
}
