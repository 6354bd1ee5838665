import { type ConversationLoader, loadOwn } from '#core/access.ts';
import type { Result } from '#protocol/failures.ts';
import { limits } from '#protocol/limits.ts';
import type { RequestUpload, Upload } from '#protocol/media.ts';
import { objectKeys } from './media.ts';
import type { MediaStore } from './ports.ts';

/** How long an unused file is kept, in seconds. In this time its message can be written. */
const unusedSeconds = 24 * 3600;

/** The upload that a presigned URL allows. */
export interface SignedPut {
  readonly key: string;
  readonly contentType: string;
  readonly size: number;
  /** Base64. */
  readonly sha256?: string | undefined;
}

export interface GrantPorts extends ConversationLoader {
  readonly store: Pick<MediaStore, 'count' | 'add'>;
  presign(put: SignedPut, seconds: number): Promise<Upload['upload']>;
  newId(): string;
}

/**
 * Lets a user upload one file, and the thumbnail of a video beside it. `now` is in ms since 1970. Errors: `not_found` and `forbidden`, which are about the conversation,
 * and `rate_limited` if the quota of the day is used up.
 */
export async function grantUpload(
  ports: GrantPorts,
  ownerId: string,
  { contentType, size, sha256, conversationId, waveform, thumbnail }: RequestUpload,
  now: number,
): Promise<Result<Upload>> {
  const { store, presign, newId } = ports;
  if (conversationId !== undefined) {
    const own = await loadOwn(ports, ownerId, conversationId);
    if ('error' in own) return own;
  }
  const counted = await store.count(ownerId, size + (thumbnail?.size ?? 0), now);
  if ('error' in counted) return counted;
  const id = newId();
  const expiresAt = Math.floor(now / 1000) + unusedSeconds;
  const declared = { contentType, size, waveform, thumbnailSize: thumbnail?.size };
  await store.add({ id, ownerId, conversationId, status: 'pending', ...declared, uses: 0, expiresAt });
  const expiresIn = limits.uploadSeconds;
  const put = { key: objectKeys.upload(id), contentType, size, sha256: sha256 && inBase64(sha256) };
  const upload = await presign(put, expiresIn);
  if (!thumbnail) return { ok: { mediaId: id, upload, expiresIn } };
  const beside = await presign({ key: objectKeys.uploadedThumbnail(id), ...thumbnail }, expiresIn);
  return { ok: { mediaId: id, upload, thumbnail: beside, expiresIn } };
}

function inBase64(sha256: string): string {
  return sha256.length === 64 ? Buffer.from(sha256, 'hex').toString('base64') : sha256;
}
