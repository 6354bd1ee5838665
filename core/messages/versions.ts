import { manages, maySee, type OwnConversation } from '#core/access.ts';
import { isoTime } from '#core/clock.ts';
import { fail, type Result } from '#protocol/failures.ts';
import type { Versions } from '#protocol/messages.ts';
import type { MessageReader } from './message-view.ts';

/**
 * The texts of a message before its edits, for its author and for owners and admins. A deleted message has none. Errors:
 * `not_found`, `forbidden`.
 */
export async function versions(
  reader: Pick<MessageReader, 'at'>,
  { conversation, me }: OwnConversation,
  seq: number,
): Promise<Result<Versions>> {
  const [message] = maySee(conversation, me, seq) ? await reader.at(conversation.id, [seq]) : [];
  if (message?.type !== 'message') return fail('not_found', 'There is no such message.');
  if (message.senderId !== me.userId && !manages(me))
    return fail('forbidden', 'Only its author and those who run the group see what a message said before.');
  const edits = await reader.at(conversation.id, message.edits ?? []);
  return {
    ok: {
      versions: edits
        .sort((a, b) => a.seq - b.seq)
        .flatMap((edit) =>
          edit.type === 'edited' && edit.before !== undefined
            ? { text: edit.before, replacedAt: isoTime(edit.at) }
            : [],
        ),
    },
  };
}
