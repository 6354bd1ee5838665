import type * as z from 'zod/mini';
import type { Code } from './failures.ts';
import * as frames from './frames.ts';
import { AskPresence, Presences } from './presence.ts';
import { SendReceipt, SendReceipts } from './receipts.ts';

export type ActionName = frames.Frame['action'];

export interface Action<Name extends ActionName = ActionName> {
  readonly summary: string;
  readonly frame: z.ZodMiniType<{ readonly action: Name }>;
  /** The schema of `ok` in the reply, or undefined if there is a reply only after a failure. */
  readonly ok: z.ZodMiniType | undefined;
  /** The codes that this action may be answered with, in addition to `commonErrors`. */
  readonly errors: readonly Code[];
}

/**
 * Every action that the server answers with a reply. `ping` and `keepalive` are missing because API Gateway handles them. The
 * AsyncAPI document is generated from this table (`npm run documents`).
 */
export const actions = {
  message: {
    summary: 'Send a message',
    frame: frames.SendMessage,
    ok: frames.Sent,
    errors: ['forbidden', 'not_found', 'conflict', 'stale'],
  },
  edit: {
    summary: 'Edit the text of a message that the caller wrote',
    frame: frames.EditMessage,
    ok: frames.Revised,
    errors: ['forbidden', 'not_found', 'conflict'],
  },
  delete: {
    summary: 'Delete a message. Owners and admins of a group may delete any message, everyone else only their own',
    frame: frames.DeleteMessage,
    ok: frames.Revised,
    errors: ['forbidden', 'not_found'],
  },
  react: {
    summary: 'Add a reaction to a message, or remove it',
    frame: frames.React,
    ok: frames.Revised,
    errors: ['forbidden', 'not_found', 'conflict'],
  },
  receipt: {
    summary: 'Report up to which `seq` the caller has received or read a conversation',
    frame: SendReceipt,
    ok: frames.Done,
    errors: ['forbidden', 'not_found'],
  },
  receipts: {
    summary: 'Report the same for several conversations. There is a reply only if that failed',
    frame: SendReceipts,
    ok: undefined,
    errors: ['forbidden', 'not_found'],
  },
  typing: {
    summary: 'Tell the other members that the caller is typing, or has stopped typing',
    frame: frames.SendTyping,
    ok: frames.Done,
    errors: ['forbidden', 'not_found'],
  },
  presence: {
    summary: 'Ask for the presence of some people, and subscribe this socket to its changes',
    frame: AskPresence,
    ok: Presences,
    errors: [],
  },
  visibility: {
    summary: 'Say whether somebody looks at this client. What an unseen client receives keeps no notification back',
    frame: frames.SetVisibility,
    ok: frames.Done,
    errors: [],
  },
} as const satisfies { readonly [Name in ActionName]: Action<Name> };

/** The codes that every frame may be answered with. */
export const commonErrors: readonly Code[] = [
  'bad_request',
  'too_large',
  'rate_limited',
  'unavailable',
  'maintenance',
  'internal',
];
