import assert from 'node:assert/strict';
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { v7 } from 'uuid';
import { newSession } from '#adapters/dynamo/connections/sessions.ts';
import { overSdk } from '#adapters/dynamo/sdk-client.ts';
import { createTable } from '#adapters/dynamo/table.ts';
import { dynamoDbClient } from '#local/test/helpers/dynamodb.ts';
import type { TestStack } from '#local/test/helpers/stack.ts';
import { must, type Person, until } from '#test/smoke/person.ts';

/** More than 100 members, so that changes are delivered from the table's stream (decision 0039). */
const crowdSize = 101;

/** People who can't log in, and are members only. Returns their ids. */
export async function makeCrowd({ world }: TestStack): Promise<string[]> {
  const client = dynamoDbClient(await world.endpoint('DYNAMODB'), { credentials: world.credentials });
  const { TableNames = [] } = await client.send(new ListTablesCommand({}));
  const table = createTable(overSdk(client), TableNames.find((name) => name.includes('Connections')) ?? '');
  const ids = Array.from({ length: crowdSize }, () => v7());
  await Promise.all(ids.map((id) => table.put(newSession(id))));
  return ids;
}

/**
 * Lets two people do in a group what a chat is for. Each thing is done several times, so that either version handles it, and what
 * the other has written.
 */
export async function talk(ann: Person, ben: Person, others: readonly string[]): Promise<void> {
  const memberIds = [ben.id, ...others];
  const { id } = must('a group', await ann.chat.createConversation({ type: 'group', name: 'Both', memberIds }));
  await until('Ben is in it', () => ben.chat.conversations.get(id) !== undefined);
  for (const { chat } of [ann, ben]) chat.show(id);
  const said: string[] = [];
  for (let i = 1; i <= 4; i++)
    for (const [who, { chat }] of [ann, ben].entries()) {
      said.push(`${who ? 'Ben' : 'Ann'} says ${i}`);
      await chat.send(id, said.at(-1) ?? '');
      await until(`both have: ${said.at(-1)}`, () => [ann, ben].every((one) => one.texts(id).join() === said.join()));
    }

  for (const seq of [1, 2, 3, 4]) {
    const author = seq % 2 ? ann : ben;
    said[seq - 1] = `changed ${seq}`;
    must('an edit', await author.chat.edit(id, messageAt(ann, id, seq - 1).seq, `changed ${seq}`));
    for (const one of [ann, ben]) must('a reaction', await one.chat.react(id, messageAt(ann, id, seq).seq, '👍'));
  }
  must('a deletion', await ann.chat.delete(id, messageAt(ann, id, 6).seq));
  must('a deletion', await ben.chat.delete(id, messageAt(ann, id, 7).seq));
  said.splice(6, 2, '', '');
  await until('both see the changes', () =>
    [ann, ben].every(
      (one) => one.texts(id).join() === said.join() && messageAt(one, id, 4).reactions?.[0]?.count === 2,
    ),
  );

  for (const one of [ann, ben, ann, ben]) {
    const other = one === ann ? ben : ann;
    other.disconnect();
    for (const text of [`missed ${said.length}`, `this ${said.length}`]) {
      said.push(text);
      await one.chat.send(id, text);
    }
    await until('it is stored', () => one.chat.outbox.entries.length === 0);
    await other.connect();
    other.chat.show(id);
    await until('it is caught up', () => other.texts(id).join() === said.join());
    other.chat.markRead(id);
    await until('nothing is unread', () => other.chat.conversations.get(id)?.unread === 0);
  }
  for (const { api } of [ann, ben, ann, ben]) {
    const { messages } = must('the history', await api.history(id, { limit: 100 }));
    assert.deepEqual(
      messages.map(({ text }) => text),
      said,
    );
    const { hits } = must('a search', await api.search('missed', { conversationId: id }));
    assert.equal(hits.length, 4);
  }
}

function messageAt({ chat }: Person, conversationId: string, index: number) {
  return chat.conversations.get(conversationId)?.messages[index] ?? assert.fail(`no message ${index}`);
}
