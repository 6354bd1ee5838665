import { createHash } from 'node:crypto';
import type { Subscription } from '#core/push/ports.ts';

/** How long a push service keeps a notification for a device that it can't reach. */
export const ttlSeconds = 24 * 3600;

/**
 * The topic of a conversation's notifications to one device: 32 characters of base64url. A push service replaces a waiting
 * notification by the next one with the same topic. The topic is a hash, so the service doesn't learn the conversation's id.
 */
export function topicOf({ id }: Pick<Subscription, 'id'>, conversationId: string): string {
  return createHash('sha256').update(`${id}#${conversationId}`).digest('base64url').slice(0, 32);
}
