import { type ConversationLoader, loadOwn } from '#core/access.ts';
import type { Result } from '#protocol/failures.ts';
import { limits } from '#protocol/limits.ts';
import type { RequestUpload, Upload } from '#protocol/media.ts';
import { objectKeys } from './media.ts';
import type { MediaStore } from './ports.ts';

/** How long a file that nothing uses stays, in seconds: time to write the message around it. */
const unusedSeconds = 24 * 3600;

/** The one request that may put a file into its place. */
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

/** Lets a person upload one file. Errors: `not_found`, `forbidden` (the conversation), `rate_limited`. */
export async function grantUpload(
  ports: GrantPorts,
  ownerId: string,
  { contentType, size, sha256, conversationId }: RequestUpload,
  now: number,
): Promise<Result<Upload>> {
  const { store, presign, newId } = ports;
  if (conversationId !== undefined) {
    const own = await loadOwn(ports, ownerId, conversationId);
    if ('error' in own) return own;
  }
  const counted = await store.count(ownerId, size, now);
  if ('error' in counted) return counted;
  const id = newId();
  const expiresAt = Math.floor(now / 1000) + unusedSeconds;
  await store.add({ id, ownerId, conversationId, status: 'pending', contentType, size, uses: 0, expiresAt });
  const put = { key: objectKeys.upload(id), contentType, size, sha256: sha256 && inBase64(sha256) };
  return { ok: { mediaId: id, upload: await presign(put, limits.uploadSeconds), expiresIn: limits.uploadSeconds } };
}

function inBase64(sha256: string): string {
  return sha256.length === 64 ? Buffer.from(sha256, 'hex').toString('base64') : sha256;
}
