import * as z from 'zod/mini';
import type { Conversation } from '#core/conversations/conversation.ts';
import { fail, type Result } from '#protocol/failures.ts';
import { byActivity } from './conversation-view.ts';

const Position = z.object({ at: z.number(), id: z.string() });

/** The cursor after a conversation, as an opaque text. */
export function cursorAfter({ lastActivityAt, id }: Conversation): string {
  return Buffer.from(JSON.stringify({ at: lastActivityAt, id })).toString('base64url');
}

/** The conversations after a cursor. Errors: `bad_request` if it isn't a cursor. */
export function after<T extends { conversation: Conversation }>(
  own: readonly T[],
  cursor: string | undefined,
): Result<readonly T[]> {
  if (cursor === undefined) return { ok: own };
  const position = parse(cursor);
  if (!position) return fail('bad_request', 'The cursor is not one that was given out.');
  const rest = own.filter(
    ({ conversation }) => byActivity({ lastActivityAt: position.at, id: position.id }, conversation) < 0,
  );
  return { ok: rest };
}

function parse(cursor: string): z.infer<typeof Position> | undefined {
  try {
    return Position.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch {
    return undefined;
  }
}
