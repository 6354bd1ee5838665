import { createMedia } from '#adapters/dynamo/media/media.ts';
import { createRevisions } from '#adapters/dynamo/messages/revisions.ts';
import { createTable } from '#adapters/dynamo/table.ts';
import { runtime } from '#adapters/runtime.ts';
import { deliverRevision } from '#core/delivery/changes.ts';
import { revise as reviseMessage } from '#core/messages/revise.ts';
import { setting } from '#lambdas/kit/environment.ts';
import type { Socket } from '#lambdas/kit/socket.ts';
import type { Result } from '#protocol/failures.ts';
import type * as wire from '#protocol/frames.ts';
import { allow, changes, client, conversations, delivery, table } from './dependencies.ts';

const files = createMedia(client, createTable(client, setting('MEDIA_TABLE')));
const store = { ...runtime, ...conversations, ...changes, apply: createRevisions(client, table, files) };

/** Carries out an edit, a deletion or a reaction, and delivers it. Errors: those of `revise` in core, and `rate_limited`. */
export async function revise(
  { userId }: Socket,
  request: wire.EditMessage | wire.DeleteMessage | wire.React,
): Promise<Result<wire.Revised>> {
  const allowed = await allow(userId, { revisions: 1 });
  if ('error' in allowed) return allowed;
  const result = await reviseMessage(store, userId, request);
  if ('error' in result) return result;
  const { seq, done } = result.ok;
  if (done) await deliverRevision(delivery, done);
  return { ok: { seq } };
}
