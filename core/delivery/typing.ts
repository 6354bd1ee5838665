import { loadOwn, mayWrite, showsActivity } from '#core/access.ts';
import { LruMap } from '#core/lru-map.ts';
import { blocksAmong } from '#core/people/blocks.ts';
import type { Runtime } from '#core/runtime.ts';
import type { Result } from '#protocol/failures.ts';
import type { SendTyping } from '#protocol/frames.ts';
import { limits } from '#protocol/limits.ts';
import type { DeliverOnce, DeliveryPorts } from './ports.ts';

type Typing = Pick<SendTyping, 'conversationId' | 'typing'>;

export interface TypingPorts extends Pick<DeliveryPorts, 'load' | 'recipientsOf' | 'statesOf' | 'blockedBy' | 'now'> {
  deliverOnce: DeliverOnce;
}

/**
 * Delivers to the other members that a user types or has stopped, except to those whom a block keeps apart from them. Nothing is
 * delivered in conversations of more than `limits.typingMembers`, nor about an invisible user, nor to the one who began a direct
 * conversation before the user has written in it. It is tried only once, because clients forget it soon anyway. Errors:
 * `not_found`, `forbidden`.
 */
export async function deliverTyping(
  ports: TypingPorts,
  userId: string,
  { conversationId, typing }: Typing,
): Promise<Result<object>> {
  const own = await loadOwn(ports, userId, conversationId);
  if ('error' in own) return own;
  const { conversation, me } = own.ok;
  const allowed = mayWrite(me);
  if ('error' in allowed) return allowed;
  if (conversation.memberCount > limits.typingMembers || !showsActivity(conversation, userId)) return { ok: {} };
  const recipients = await ports.recipientsOf(conversation);
  const people = await ports.statesOf(
    recipients.map((recipient) => recipient.userId),
    ports.now(),
  );
  if (people.some((person) => person.userId === userId && person.settings.invisible)) return { ok: {} };
  const present = people.filter((person) => person.userId === userId || person.connections.length > 0);
  const apart = await blocksAmong(ports, conversation.type === 'group' ? present : []);
  const others = present.filter((person) => person.userId !== userId && !apart(person.userId, userId));
  await ports.deliverOnce(
    { type: 'typing', conversationId, userId, typing },
    others.flatMap(({ connections }) => connections),
  );
  return { ok: {} };
}

/** What was last delivered about a user in a conversation. Times are in ms since 1970. */
interface Last {
  readonly typing: boolean;
  readonly at: { readonly [typing in 'true' | 'false']: number };
  readonly answer: Promise<Result<object>>;
}

/** For how many pairs of a user and a conversation the last delivery is remembered. */
const remembered = 10_000;
const everyMs = limits.typingEverySeconds * 1000;

/**
 * Limits the calls of `deliver`. For each user and conversation, `typing: true` is delivered once per
 * `limits.typingEverySeconds`. So is `typing: false`, but after a delivered `true` it is delivered at once. All other calls get
 * the previous answer.
 */
export function throttleTyping(
  { now }: Pick<Runtime, 'now'>,
  deliver: (userId: string, typing: Typing) => Promise<Result<object>>,
): typeof deliver {
  const lasts = new LruMap<string, Last>(remembered);

  return (userId, { conversationId, typing }) => {
    const key = `${userId} ${conversationId}`;
    const time = now();
    const last = lasts.get(key);
    const stops = !typing && last?.typing === true;
    if (last && !stops && time - last.at[`${typing}`] < everyMs) return last.answer;
    const answer = deliver(userId, { conversationId, typing });
    const at = { true: 0, false: 0, ...last?.at, [`${typing}`]: time };
    lasts.set(key, { typing, at, answer });
    return answer;
  };
}
