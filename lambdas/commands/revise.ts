import { createRevisions } from '../../adapters/dynamo/revisions.ts';
import { eventOf, messageOf } from '../../core/messages/change.ts';
import { type Revised, revise as reviseMessage } from '../../core/messages/revise.ts';
import type { Result } from '../../protocol/failures.ts';
import type * as wire from '../../protocol/frames.ts';
import type { Socket } from '../kit/socket.ts';
import { allow, audience, changes, client, conversations, deliver, listeners, table } from './stores.ts';

const store = { ...conversations, ...changes, apply: createRevisions(client, table) };

/** Edits, deletes, reacts. */
export async function revise(
  { userId }: Socket,
  request: wire.EditMessage | wire.DeleteMessage | wire.React,
): Promise<Result<wire.Revised>> {
  const allowed = await allow(userId, { revisions: 1 });
  if ('error' in allowed) return allowed;
  const result = await reviseMessage(store, userId, request, Date.now);
  if ('error' in result) return result;
  const { seq, done } = result.ok;
  if (done) await tell(done);
  return { ok: { seq } };
}

/** Also tells the socket that asked: the message's new state is more than what it asked for. */
async function tell({ conversation, change, message }: NonNullable<Revised['done']>): Promise<void> {
  const [connections, seeing] = await Promise.all([
    listeners(conversation, change.seq),
    audience(conversation, change.target),
  ]);
  const sees = new Set(seeing);
  await Promise.all([
    deliver(
      [eventOf(change, messageOf(message))],
      connections.filter((connection) => sees.has(connection.userId)),
    ),
    // Those who joined after the message count the change, and see nothing of it.
    deliver(
      [eventOf(change)],
      connections.filter((connection) => !sees.has(connection.userId)),
    ),
  ]);
}
