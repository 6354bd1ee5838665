import { conversationIdOf } from '#adapters/dynamo/messages/keys.ts';
import { isReceipt } from '#adapters/dynamo/messages/pointers.ts';
import { isMessageOrDeletion } from '#adapters/dynamo/messages/stream.ts';
import { streamHandler } from '#lambdas/kit/stream.ts';
import { push } from './push.ts';
import { receipts } from './receipts.ts';
import { index } from './search-index.ts';

/** Does what follows from writes to a conversation and may wait for a second: receipts, the search index, and push jobs. */
export const handler = streamHandler(async (pk, records) => {
  const conversationId = conversationIdOf(pk);
  await Promise.all([
    receipts(conversationId, records.filter(isReceipt)),
    index(conversationId, records),
    push(conversationId, records.filter(isMessageOrDeletion)),
  ]);
});
