import type { StreamRecord } from '#adapters/dynamo/stream-record.ts';
import type { Change } from '#core/conversations/change.ts';
import { conversationIdOf } from './keys.ts';
import { changeOf } from './stored-change.ts';

/** Whether the write was a new message. */
export function isNewMessage({ before, after }: StreamRecord): boolean {
  return before === undefined && after?.['type'] === 'message';
}

/** The change that a record wrote. */
export function changeIn({ pk, after }: StreamRecord): Change {
  return changeOf(conversationIdOf(pk), after ?? {});
}
