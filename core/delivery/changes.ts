import { maySee } from '#core/access.ts';
import { type Change, isRevision, type MessageChange } from '#core/conversations/change.ts';
import type { Conversation } from '#core/conversations/conversation.ts';
import type { RevisionDone } from '#core/messages/revise.ts';
import { eventOf } from './event.ts';
import { unpacedMembers } from './pacing.ts';
import type { Connection, DeliveryPorts } from './ports.ts';
import { isSubscribed } from './subscribed.ts';
import { viewsOf } from './views.ts';

/** Those who see a change. */
export interface Audience {
  readonly connections: readonly Connection[];
  /** Whether one of them may have a push subscription. */
  readonly subscribed: boolean;
}

/** The members who see the change at a `seq`. It costs half a read unit for each of them. */
export async function audienceOf(
  ports: Pick<DeliveryPorts, 'recipientsOf' | 'statesOf' | 'now'>,
  conversation: Conversation,
  seq: number,
): Promise<Audience> {
  const recipients = await ports.recipientsOf(conversation);
  const seeing = recipients.filter((recipient) => maySee(conversation, recipient, seq));
  const now = ports.now();
  const states = await ports.statesOf(
    seeing.map(({ userId }) => userId),
    now,
  );
  return {
    connections: states.flatMap(({ connections }) => connections),
    subscribed: states.some((state) => isSubscribed(state, now)),
  };
}

/** Delivers a new message to `connections`, except to the one that sent it, which gets a reply. */
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
 * Delivers changes, in ascending `seq`, to the members who see them, and to the members that they remove. `messages` has the
 * present state of the messages that the changes revise, by their `seq`.
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

/** Delivers the changes of a command on a conversation, except those that are delivered from the table's stream. */
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
 * Delivers an edit, a deletion or a reaction, unless it is delivered from the table's stream. The connection that requested it
 * gets the event as well, because the reply doesn't have the message's new state.
 */
export async function deliverRevision(
  ports: DeliveryPorts,
  { conversation, change, message }: RevisionDone,
): Promise<void> {
  if (change.fanout) return;
  await deliverChanges(ports, conversation, [change], new Map([[change.target, message]]));
}

interface LargePorts extends DeliveryPorts {
  /** The changes at some `seq`s, in no particular order. */
  at(conversationId: string, seqs: readonly number[]): Promise<Change[]>;
}

/**
 * Delivers changes of one large conversation from the table's stream, with the present state of the messages that they revise. If its
 * posts need a pace, the changes are handed over for `deliverPaced`.
 */
export async function deliverFromStream(
  ports: LargePorts & { handOver(conversationId: string, seqs: readonly number[]): Promise<void> },
  conversationId: string,
  written: readonly Change[],
): Promise<void> {
  const conversation = await ports.load(conversationId, []);
  if (!conversation) return;
  if (conversation.memberCount > unpacedMembers)
    await ports.handOver(
      conversationId,
      written.map(({ seq }) => seq),
    );
  else await deliverLarge(ports, conversation, written);
}

/**
 * Delivers the changes of one large conversation at some `seq`s, which may be repeated, with the present state of the messages that
 * they revise.
 */
export async function deliverPaced(ports: LargePorts, conversationId: string, seqs: readonly number[]): Promise<void> {
  const conversation = await ports.load(conversationId, []);
  if (conversation) await deliverLarge(ports, conversation, await ports.at(conversationId, seqs));
}

async function deliverLarge(ports: LargePorts, conversation: Conversation, written: readonly Change[]): Promise<void> {
  const changes = written.toSorted((a, b) => a.seq - b.seq);
  const targets = changes.filter(isRevision).map(({ target }) => target);
  const found = await ports.at(conversation.id, targets);
  const messages = new Map(found.flatMap((change) => (change.type === 'message' ? [[change.seq, change]] : [])));
  await deliverChanges(ports, conversation, changes, messages);
}
