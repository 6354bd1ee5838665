import type { MessageChange } from '#core/conversations/change.ts';
import { hashOf } from './message.ts';

/** A message as its sender sends it. */
export interface Draft {
  readonly conversationId: string;
  readonly senderId: string;
  readonly clientId: string;
  readonly text: string;
  readonly mediaIds?: readonly string[] | undefined;
  readonly replyTo: number | null;
  /** The newest `seq` that the client knew when it first sent this id. */
  readonly after: number | undefined;
}

/**
 * Whether a draft has the content that a message had before its edits. It is true for a deleted message, whose content isn't
 * known.
 */
export function isFirst({ text, mediaIds = [], replyTo }: Draft, { originalHash, ...message }: MessageChange): boolean {
  if (message.deletedAt !== undefined) return true;
  const { media = [] } = message;
  const sameMedia = mediaIds.length === media.length && media.every(({ id }, i) => id === mediaIds[i]);
  const sameText = originalHash ? originalHash === hashOf(text) : text === message.text;
  return sameText && sameMedia && replyTo === message.replyTo;
}
