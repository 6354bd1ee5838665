import { maySee } from '#core/access.ts';
import { type Change, isRevision, type MessageChange } from '#core/conversations/change.ts';
import type { Conversation } from '#core/conversations/conversation.ts';
import type { RevisionDone } from '#core/messages/revise.ts';
import { eventOf } from './event.ts';
import type { Connection, DeliveryPorts } from './ports.ts';
import { viewsOf } from './views.ts';

/** The connections of the members who see the change at a `seq`. */
export async function connectionsFor(
  ports: Pick<DeliveryPorts, 'recipientsOf' | 'connectionsOf' | 'now'>,
  conversation: Conversation,
  seq: number,
): Promise<Connection[]> {
  const recipients = await ports.recipientsOf(conversation);
  const seeing = recipients.filter((recipient) => maySee(conversation, recipient, seq));
  return ports.connectionsOf(
    seeing.map(({ userId }) => userId),
    ports.now(),
  );
}

/** Delivers a new message to `connections`, but not to the one that sent it: that one gets the answer to its request. */
export function deliverMessage(
  { deliver, avatarUrl }: Pick<DeliveryPorts, 'deliver' | 'avatarUrl'>,
  message: MessageChange,
  connections: readonly Connection[],
  sender: Pick<Connection, 'connectionId'>,
): Promise<void> {
  return deliver(
    [eventOf(message, undefined, avatarUrl)],
    connections.filter(({ connectionId }) => connectionId !== sender.connectionId),
  );
}

/**
 * Delivers changes (in ascending `seq`) to the members who see them, and to those whom they remove. `messages` has the messages
 * that revisions among the changes are about, by their `seq`.
 */
async function deliverChanges(
  ports: DeliveryPorts,
  conversation: Conversation,
  changes: readonly Change[],
  messages: ReadonlyMap<number, MessageChange> = new Map(),
): Promise<void> {
  const recipients = await ports.recipientsOf(conversation);
  for (const { events, userIds } of viewsOf(conversation, recipients, changes, messages, ports.avatarUrl))
    await ports.deliver(events, await ports.connectionsOf(userIds, ports.now()));
}

/** Delivers what a command on a conversation has just written, where that isn't done from the table's stream. */
export async function deliverWritten(
  ports: DeliveryPorts,
  conversationId: string,
  changes: readonly Change[],
): Promise<void> {
  const inline = changes.filter(({ fanout }) => !fanout);
  const conversation = inline.length > 0 ? await ports.load(conversationId, []) : undefined;
  if (conversation) await deliverChanges(ports, conversation, inline);
}

/**
 * Delivers an edit, a deletion or a reaction, where that isn't done from the table's stream. The connection that asked for it
 * gets the event as well, because the message's new state is more than the answer says.
 */
export async function deliverRevision(
  ports: DeliveryPorts,
  { conversation, change, message }: RevisionDone,
): Promise<void> {
  if (change.fanout) return;
  await deliverChanges(ports, conversation, [change], new Map([[change.target, message]]));
}

/** Delivers changes of one large room as the table's stream has them, with the messages that they are about as those are now. */
export async function deliverFromStream(
  ports: DeliveryPorts & { at(conversationId: string, seqs: readonly number[]): Promise<Change[]> },
  conversationId: string,
  written: readonly Change[],
): Promise<void> {
  const conversation = await ports.load(conversationId, []);
  if (!conversation) return;
  const changes = written.toSorted((a, b) => a.seq - b.seq);
  const targets = changes.filter(isRevision).map(({ target }) => target);
  const found = await ports.at(conversationId, targets);
  const messages = new Map(found.flatMap((change) => (change.type === 'message' ? [[change.seq, change]] : [])));
  await deliverChanges(ports, conversation, changes, messages);
}
