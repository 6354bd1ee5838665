import type * as z from 'zod/mini';
import type { Code } from './failures.ts';
import * as frames from './frames.ts';
import { AskPresence, Presences } from './presence.ts';
import { SendReceipt } from './receipts.ts';

export interface Action {
  readonly summary: string;
  readonly frame: z.ZodMiniType;
  /** The `ok` of the reply; null is an empty object. */
  readonly ok: z.ZodMiniType | null;
  /** Beside those that every frame may be answered with: `commonErrors`. */
  readonly errors: readonly Code[];
}

/**
 * Every action that a client may send and that is answered by a reply. The AsyncAPI document comes from this table
 * (`npm run documents`).
 */
export const actions: Readonly<Record<string, Action>> = {
  message: {
    summary: 'Send a message',
    frame: frames.SendMessage,
    ok: frames.Sent,
    errors: ['forbidden', 'not_found', 'conflict', 'stale'],
  },
  edit: {
    summary: 'Change the text of one’s own message',
    frame: frames.EditMessage,
    ok: frames.Revised,
    errors: ['forbidden', 'not_found', 'conflict'],
  },
  delete: {
    summary: 'Delete a message: one’s own, or as owner or admin of a group any',
    frame: frames.DeleteMessage,
    ok: frames.Revised,
    errors: ['forbidden', 'not_found'],
  },
  react: {
    summary: 'React to a message with an emoji, or take that back',
    frame: frames.React,
    ok: frames.Revised,
    errors: ['forbidden', 'not_found', 'conflict'],
  },
  receipt: {
    summary: 'Say how far messages have arrived, or have been read',
    frame: SendReceipt,
    ok: null,
    errors: ['forbidden', 'not_found'],
  },
  typing: {
    summary: 'Say that one types, or that one has stopped',
    frame: frames.SendTyping,
    ok: null,
    errors: ['forbidden', 'not_found'],
  },
  presence: {
    summary: 'Ask who of some people is online, and be told of changes on this socket',
    frame: AskPresence,
    ok: Presences,
    errors: [],
  },
};

/** What any frame may be answered with. */
export const commonErrors: readonly Code[] = ['bad_request', 'too_large', 'rate_limited', 'unavailable', 'internal'];
