import { useComputed } from '@preact/signals';
import { type ConversationState, type DeliveryStatus, deliveryStatus, type Message } from '#client/index.ts';
import { useConversation } from '#web/conversation/conversation-context.ts';
import { CheckIcon, DoubleCheckIcon } from '#web/ui/icons.tsx';
import { words } from '#web/words/message.ts';

/**
 * The check marks of an own message: one when the server has stored it, two when everybody has received it, coloured when
 * everybody has read it.
 */
export function MessageStatus({ message }: { message: Message }) {
  const context = useConversation();
  // Computed signals render it only if a text changes, not with each change of the conversation.
  const delivery = useComputed(() => deliveryStatus(context.conversation, message, context.session.user.id));
  const status = useComputed(() => delivery.value.status).value;
  const title = useComputed(() => statusText(context.conversation, delivery.value)).value;
  return <Ticks status={status} title={title} />;
}

/** One check mark or two, as everywhere. */
export function Ticks({ status, title }: { status: DeliveryStatus['status']; title?: string }) {
  return (
    <span class={`message-status ${status}`} title={title}>
      {status === 'sent' ? <CheckIcon /> : <DoubleCheckIcon />}
      <span class="sr-only">{words[status]}</span>
    </span>
  );
}

/** `Delivered to 3 of 5, read by 2`; in a direct conversation one word says everything. */
export function statusText(
  { type, memberCount }: ConversationState,
  { status, delivered, read }: DeliveryStatus,
): string {
  if (type === 'direct' || status === 'read' || delivered === 0) return words[status];
  return words.deliveredTo(delivered, memberCount - 1, read);
}
