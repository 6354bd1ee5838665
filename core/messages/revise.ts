import { type ConversationLoader, loadOwn, maySee, mayWrite } from '#core/access.ts';
import type { MessageChange, RevisionChange } from '#core/conversations/change.ts';
import type { Conversation } from '#core/conversations/conversation.ts';
import { untilApplied } from '#core/retry.ts';
import type { Runtime } from '#core/runtime.ts';
import { fail, type Result } from '#protocol/failures.ts';
import type { DeleteMessage, EditMessage, React } from '#protocol/frames.ts';
import type { MessageReader } from './message-view.ts';
import { planDelete, planEdit, planReact, type Revision, type Subject } from './revision.ts';

export interface ReviseStore extends ConversationLoader, Pick<MessageReader, 'at' | 'reactionsBy'>, Runtime {
  /** Writes all of a revision. Returns false, with nothing written, if something has changed since it was read. */
  apply(subject: Subject, revision: Revision): Promise<boolean>;
}

type Request = Omit<EditMessage, 'id'> | Omit<DeleteMessage, 'id'> | Omit<React, 'id'>;

/** A revision that was written. */
export interface RevisionDone {
  /** The conversation after the change. */
  readonly conversation: Conversation;
  readonly change: RevisionChange;
  /** The message after the change. */
  readonly message: MessageChange;
}

export interface Revised {
  /** The `seq` of the change. If there was nothing to change, it is that of the message's newest state. */
  readonly seq: number;
  /** It is absent if there was nothing to change. */
  readonly done?: RevisionDone;
}

/**
 * Edits a message, deletes it, or reacts to it, for the user `by`. Of concurrent revisions the last one in the order of `seq`
 * counts, because each is planned on the state after the previous one. Errors: `not_found` (also for a message from before the
 * user joined, unless they delete their own), `forbidden`, `conflict`, `unavailable`.
 */
export function revise(store: ReviseStore, by: string, request: Request): Promise<Result<Revised>> {
  const { conversationId, seq } = request;
  return untilApplied<Revised>(store, async () => {
    const own = await loadOwn(store, by, conversationId);
    if ('error' in own) return own;
    const { conversation, me: member } = own.ok;
    const allowed = request.action === 'delete' ? own : mayWrite(member);
    if ('error' in allowed) return allowed;
    const seen = maySee(conversation, member, seq);
    // Who left and came back takes back what they wrote before, although they don't see it any more.
    const [message] = seen || request.action === 'delete' ? await store.at(conversationId, [seq]) : [];
    if (message?.type !== 'message' || !(seen || message.senderId === by))
      return fail('not_found', 'There is no such message.');
    // The message was read after a revision that the head didn't have yet, so a plan on both can't be right.
    if ((message.updatedSeq ?? 0) > conversation.seq) return undefined;
    const mine = request.action === 'react' ? await store.reactionsBy(conversationId, by, [seq]) : undefined;
    const subject: Subject = { conversation, member, message, mine: mine?.get(seq) ?? [] };
    const plan = planFor(subject, request, store.now());
    if ('error' in plan) return plan;
    const revision = plan.ok;
    if (!revision) return { ok: { seq: message.updatedSeq ?? message.seq } };
    if (!(await store.apply(subject, revision))) return undefined;
    const { change } = revision;
    const done = { conversation: { ...conversation, seq: change.seq }, change, message: revision.message };
    return { ok: { seq: change.seq, done } };
  });
}

function planFor(subject: Subject, request: Request, now: number): Result<Revision | undefined> {
  switch (request.action) {
    case 'edit':
      return planEdit(subject, request.text, now);
    case 'delete':
      return planDelete(subject, now);
    case 'react':
      return planReact(subject, request.emoji, request.remove ?? false);
    default:
      return request satisfies never;
  }
}
