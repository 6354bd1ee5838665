import type { DynamoDb } from '#adapters/dynamo/client.ts';
import { type Expression, expression, name } from '#adapters/dynamo/expression.ts';
import type { MediaTable } from '#adapters/dynamo/media/media.ts';
import { type Table, transact, type Write } from '#adapters/dynamo/table.ts';
import type { Revision, Subject } from '#core/messages/revision.ts';
import { segmentOf } from '#core/search/segment.ts';
import { reactionItem } from './changes.ts';
import { lastMessageMark, receiptMark, summariesMark } from './heads.ts';
import { keys } from './keys.ts';
import { createOpening, hasSummaries } from './openings.ts';
import { noteRevised } from './segments.ts';
import { changeItem } from './stored-change.ts';

/**
 * Carries out edits, deletions and reactions. One transaction writes the change, the message as it is afterwards, and the items
 * that depend on the message. Returns false, with nothing written, if the conversation, the message or the user's reactions have
 * changed since they were loaded. A revision doesn't count as activity, so it doesn't move the conversation in lists.
 */
export function createRevisions(client: DynamoDb, messages: Table, media: MediaTable) {
  const table = messages.name;
  const { openAll } = createOpening(messages);
  return async (subject: Subject, { change, message, mine, forgotten = [] }: Revision): Promise<boolean> => {
    const { conversation, member } = subject;
    await openAll(conversation);
    const isLast = message.seq === conversation.lastMessageSeq;
    const lastMessage = isLast ? expression`, ${lastMessageMark} = ${change.seq}` : expression``;
    const writes: Write[] = [
      {
        table,
        key: keys.head(conversation.id),
        // Every change of a membership changes `seq`, and a block changes `revision`. So the member is as they were loaded.
        update: expression`SET seq = ${change.seq}${lastMessage} REMOVE ${receiptMark}, ${summariesMark}`,
        if: expression`seq = ${conversation.seq} AND revision = ${conversation.revision} AND ${hasSummaries(conversation.summaries)}`,
      },
      { table, put: changeItem(change) },
      { table, put: changeItem(message), if: sameMessage(subject) },
    ];
    const segment = segmentOf(message.seq);
    if (change.type !== 'reacted' && segmentOf(change.seq) > segment)
      writes.push(noteRevised(table, conversation.id, segment, change));
    for (const edit of forgotten) {
      const update = expression`REMOVE ${name('before')}`;
      writes.push({ table, key: keys.change(conversation.id, edit), update });
    }
    if (mine) {
      const key = keys.reaction(conversation.id, message.seq, member.userId);
      const write = mine.length > 0 ? { put: reactionItem(key, message.seq, mine) } : { delete: key };
      writes.push({ table, ...write, if: sameReactions(subject) });
    }
    if (change.type === 'deleted') writes.push(...(await media.letGo(idsOfMedia(subject), message)));
    return (await transact(client, writes)).done;
  };
}

// A condition on the head's `seq` alone isn't enough. While a transaction is being committed, a reader may see one of its items
// as it is afterwards and another one as it was before ("Amazon DynamoDB Transactions: How it works", isolation levels).

function sameMessage({ message: { updatedSeq } }: Subject): Expression {
  const same =
    updatedSeq === undefined ? expression`attribute_not_exists(updatedSeq)` : expression`updatedSeq = ${updatedSeq}`;
  return expression`attribute_exists(pk) AND attribute_not_exists(deletedAt) AND ${same}`;
}

function sameReactions({ mine }: Subject): Expression {
  return mine.length > 0 ? expression`emojis = ${mine}` : expression`attribute_not_exists(pk)`;
}

function idsOfMedia({ message: { media = [] } }: Subject): string[] {
  return media.map(({ id }) => id);
}
