import { conversationIdOf } from '#adapters/dynamo/messages/keys.ts';
import { changeIn } from '#adapters/dynamo/messages/stream.ts';
import { isRevision } from '#core/conversations/change.ts';
import { chatStores } from '#lambdas/kit/conversation-dependencies.ts';
import { streamHandler } from '#lambdas/kit/stream.ts';

const { conversations, changes, tell } = chatStores();

/** Delivers the changes of large rooms: all that a batch has of a room goes to a socket in as few frames as hold it. */
export const handler = streamHandler(async (pk, records) => {
  const id = conversationIdOf(pk);
  const conversation = await conversations.load(id, []);
  if (!conversation) return;
  const written = records.map(changeIn).sort((a, b) => a.seq - b.seq);
  const targets = written.flatMap((change) => (isRevision(change) ? change.target : []));
  const found = await changes.at(id, targets);
  const messages = new Map(found.flatMap((change) => (change.type === 'message' ? [[change.seq, change]] : [])));
  await tell(conversation, written, messages);
});
