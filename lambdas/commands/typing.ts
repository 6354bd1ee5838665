import { refusedByBlock } from '#core/conversations/conversation.ts';
import { createTyping } from '#core/people/typing.ts';
import { ephemeralDelivery } from '#lambdas/kit/ephemeral.ts';
import type { Event } from '#protocol/events.ts';
import { fail } from '#protocol/failures.ts';
import { limits } from '#protocol/limits.ts';
import { audience, conversations, sessions } from './dependencies.ts';

const deliver = ephemeralDelivery(sessions);

/** Says to the other members that someone types. What doesn't reach them would lapse anyway. */
export const typing = createTyping(async (userId, { conversationId, typing }) => {
  const conversation = await conversations.load(conversationId, [userId]);
  if (!conversation) return fail('not_found');
  const member = conversation.members.get(userId);
  if (!member) return fail('forbidden');
  if (member.blocked) return refusedByBlock();
  if (conversation.memberCount > limits.typingMembers) return { ok: {} };
  const members = (await audience(conversation)).map((listener) => listener.userId);
  const people = await sessions.statesOf(members, Date.now());
  if (people.some((person) => person.userId === userId && person.settings.invisible)) return { ok: {} };
  const event: Event = { type: 'typing', conversationId, userId, typing };
  await deliver(
    event,
    people.filter((person) => person.userId !== userId).flatMap(({ connections }) => connections),
  );
  return { ok: {} };
});
