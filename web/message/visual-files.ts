import type { Attachment } from '#protocol/media.ts';
import { kindOf } from '#protocol/media-types.ts';

/** Whether a file is to be looked at. */
export function isVisual({ contentType }: Attachment): boolean {
  return kindOf(contentType) !== 'audio';
}

/** The key of a file in the message with this client id. The same file may be in several messages. */
export function fileKey(messageId: string, { id }: Attachment): string {
  return `${messageId} ${id}`;
}
