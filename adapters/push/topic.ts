import { createHash } from 'node:crypto';
import type { Subscription } from '#core/push/ports.ts';

/** What is a day old is no news. */
export const ttlSeconds = 24 * 3600;

/** What waits for a device under one topic is replaced by the next; push services learn nothing from it. */
export function topicOf({ id }: Pick<Subscription, 'id'>, conversationId: string): string {
  return createHash('sha256').update(`${id}#${conversationId}`).digest('base64url').slice(0, 32);
}
