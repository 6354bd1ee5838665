import { type ConversationState, type DeliveryStatus, deliveryStatus, type Message } from '#client/index.ts';
import { useConversation } from '#web/conversation/conversation-context.ts';
import { CheckIcon, DoubleCheckIcon } from '#web/ui/icons.tsx';

const labels = { sent: 'Sent', delivered: 'Delivered', read: 'Read' };

/**
 * The check marks of an own message: one when the server has stored it, two when everybody has received it, coloured when
 * everybody has read it.
 */
export function MessageStatus({ message }: { message: Message }) {
  const { conversation, session } = useConversation();
  const delivery = deliveryStatus(conversation, message, session.user.id);
  return (
    <span class={`message-status ${delivery.status}`} title={statusText(conversation, delivery)}>
      {delivery.status === 'sent' ? <CheckIcon /> : <DoubleCheckIcon />}
      <span class="sr-only">{labels[delivery.status]}</span>
    </span>
  );
}

/** `Delivered to 3 of 5, read by 2`; in a direct conversation one word says everything. */
export function statusText(
  { type, memberCount }: ConversationState,
  { status, delivered, read }: DeliveryStatus,
): string {
  if (type === 'direct' || status === 'read' || delivered === 0) return labels[status];
  return `Delivered to ${delivered} of ${memberCount - 1}, read by ${read}`;
}
