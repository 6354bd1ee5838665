import type { Message, Outgoing } from '#client/index.ts';
import type { Attachment } from '#protocol/media.ts';
import { fileKey, isVisual } from '#web/message/visual-files.ts';

/** A picture or a film of a conversation. */
export interface ViewedFile {
  /** Its `fileKey`. */
  readonly key: string;
  readonly media: Attachment;
  readonly senderId: string;
  /** When its message was sent. */
  readonly at: string;
  /** The text of its message. */
  readonly text: string;
}

/**
 * The pictures and films of some messages, in their order.
 * @param me the sender of those in the outbox
 */
export function filesOf(messages: readonly Message[], waiting: readonly Outgoing[], me: string): ViewedFile[] {
  const known = new Set(messages.map(({ clientId }) => clientId));
  const all = [
    ...messages.map(({ clientId, senderId, sentAt, text, media }) => ({
      ...{ id: clientId, senderId, at: sentAt, text, media },
    })),
    ...waiting.flatMap(({ id, createdAt, text, media = [] }) =>
      known.has(id) ? [] : { id, senderId: me, at: createdAt, text, media },
    ),
  ];
  return all.flatMap(({ id, media, ...more }) =>
    media.filter(isVisual).map((one) => ({ ...more, key: fileKey(id, one), media: one })),
  );
}
