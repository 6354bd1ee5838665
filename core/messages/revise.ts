import type { MessageChange, RevisionChange } from '#core/conversations/change.ts';
import { type Conversation, floorOf, refusedByBlock } from '#core/conversations/conversation.ts';
import { untilApplied } from '#core/conversations/retry.ts';
import { fail, type Result } from '#protocol/failures.ts';
import type { DeleteMessage, EditMessage, React } from '#protocol/frames.ts';
import type { MessageReader } from './message-view.ts';
import { planDelete, planEdit, planReact, type Revision, type Subject } from './revision.ts';

export interface ReviseStore extends Pick<MessageReader, 'at' | 'reactionsBy'> {
  load(conversationId: string, userIds: readonly string[]): Promise<Conversation | undefined>;
  /** All of a revision or nothing: false when something has changed since it was read. */
  apply(subject: Subject, revision: Revision): Promise<boolean>;
}

type Request = Omit<EditMessage, 'id'> | Omit<DeleteMessage, 'id'> | Omit<React, 'id'>;

export interface Revised {
  /** Of the change; where there was nothing to change, of the message's newest state. */
  readonly seq: number;
  /** What is to be delivered. The conversation is as of the change. */
  readonly done?: {
    readonly conversation: Conversation;
    readonly change: RevisionChange;
    readonly message: MessageChange;
  };
}

/**
 * Edits a message, deletes it, or reacts to it, for `by`. Of concurrent ones the last in `seq` order stands, since each is planned
 * on the state that the one before it left. Errors: `not_found` (also for what came before they joined), `forbidden`, `conflict`,
 * `unavailable`.
 */
export function revise(
  store: ReviseStore,
  by: string,
  request: Request,
  clock: () => number,
): Promise<Result<Revised>> {
  const { conversationId, seq } = request;
  return untilApplied<Revised>(async () => {
    const conversation = await store.load(conversationId, [by]);
    if (!conversation) return fail('not_found');
    const member = conversation.members.get(by);
    if (!member) return fail('forbidden');
    if (member.blocked && request.action !== 'delete') return refusedByBlock();
    const sees = seq > floorOf(conversation, member);
    const [message] = sees ? await store.at(conversationId, [seq]) : [];
    if (message?.type !== 'message') return fail('not_found', 'There is no such message.');
    // Read after a revision that the head didn't show yet: nothing planned on the two of them can be right.
    if ((message.updatedSeq ?? 0) > conversation.seq) return undefined;
    const mine = request.action === 'react' ? await store.reactionsBy(conversationId, by, [seq]) : undefined;
    const subject: Subject = { conversation, member, message, mine: mine?.get(seq) ?? [] };
    const plan = planFor(subject, request, clock());
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
