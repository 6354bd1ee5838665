import { conversationIdOf } from '../../adapters/dynamo/keys.ts';
import { isReceipt } from '../../adapters/dynamo/pointers.ts';
import { isNewMessage } from '../../adapters/dynamo/stream.ts';
import { streamHandler } from '../kit/stream.ts';
import { index } from './index.ts';
import { push } from './push.ts';
import { receipts } from './receipts.ts';

/** What hangs on the writes to a conversation and may wait for a second; each kind of record has a file of its own. */
export const handler = streamHandler(async (pk, records) => {
  const conversationId = conversationIdOf(pk);
  await Promise.all([
    receipts(conversationId, records.filter(isReceipt)),
    index(conversationId, records),
    push(conversationId, records.filter(isNewMessage)),
  ]);
});
