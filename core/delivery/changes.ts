import { maySee } from '#core/access.ts';
import type { Change, MessageChange } from '#core/conversations/change.ts';
import type { Conversation } from '#core/conversations/conversation.ts';
import type { RevisionDone } from '#core/messages/revise.ts';
import { eventOf } from './event.ts';
import type { Connection, DeliveryPorts } from './ports.ts';
import { isSubscribed } from './subscribed.ts';
import { farewellsOf, viewsOf } from './views.ts';

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
  const views = viewsOf(conversation, recipients, changes, messages, ports.avatarUrl);
  for (const { events, userIds } of [...views, ...farewellsOf(recipients, changes, ports.avatarUrl)])
    await ports.deliver(events, await ports.connectionsOf(userIds, ports.now()));
}

/** Delivers the changes of a command on a conversation, except those that are delivered in rounds. */
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
 * Delivers an edit, a deletion or a reaction, unless it is delivered in rounds. The connection that requested it
 * gets the event as well, because the reply doesn't have the message's new state.
 */
export async function deliverRevision(
  ports: DeliveryPorts,
  { conversation, change, message }: RevisionDone,
): Promise<void> {
  if (change.fanout) return;
  await deliverChanges(ports, conversation, [change], new Map([[change.target, message]]));
}
