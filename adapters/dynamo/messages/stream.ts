import type { StreamRecord } from '#adapters/dynamo/stream-record.ts';
import type { Change } from '#core/conversations/change.ts';
import { conversationIdOf } from './keys.ts';
import { changeOf } from './stored-change.ts';

/** Whether the write of a stream record was a new message, or that one was deleted. */
export function isMessageOrDeletion({ before, after }: StreamRecord): boolean {
  return before === undefined && (after?.['type'] === 'message' || after?.['type'] === 'deleted');
}

/** The change that a stream record wrote. Throws if the record's item isn't a change. */
export function changeIn({ pk, after }: StreamRecord): Change {
  return changeOf(conversationIdOf(pk), after ?? {});
}
