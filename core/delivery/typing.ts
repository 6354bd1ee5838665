import { loadOwn, mayWrite } from '#core/access.ts';
import { LruMap } from '#core/lru-map.ts';
import type { Runtime } from '#core/runtime.ts';
import type { Result } from '#protocol/failures.ts';
import type { SendTyping } from '#protocol/frames.ts';
import { limits } from '#protocol/limits.ts';
import type { DeliverOnce, DeliveryPorts } from './ports.ts';

type Typing = Pick<SendTyping, 'conversationId' | 'typing'>;

export interface TypingPorts extends Pick<DeliveryPorts, 'load' | 'recipientsOf' | 'statesOf' | 'now'> {
  deliverOnce: DeliverOnce;
}

/**
 * Tells the other members that someone types or has stopped. Nobody is told in rooms of more than `limits.typingMembers`, nor of
 * someone who is invisible. What doesn't reach a device would lapse anyway. Errors: `not_found`, `forbidden`.
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
  if (conversation.memberCount > limits.typingMembers) return { ok: {} };
  const recipients = await ports.recipientsOf(conversation);
  const people = await ports.statesOf(
    recipients.map((recipient) => recipient.userId),
    ports.now(),
  );
  if (people.some((person) => person.userId === userId && person.settings.invisible)) return { ok: {} };
  await ports.deliverOnce(
    { type: 'typing', conversationId, userId, typing },
    people.filter((person) => person.userId !== userId).flatMap(({ connections }) => connections),
  );
  return { ok: {} };
}

/** What was delivered last of someone in a conversation. Times in ms since 1970. */
interface Last {
  readonly typing: boolean;
  readonly at: { readonly [typing in 'true' | 'false']: number };
  readonly answer: Promise<Result<object>>;
}

/** Of so many people and conversations at most is remembered what was delivered last. */
const remembered = 10_000;
const everyMs = limits.typingEverySeconds * 1000;

/**
 * Lets `deliver` tell that someone types once per `limits.typingEverySeconds` in each conversation, and that they have stopped at
 * once where it was told that they type. What comes more often gets the answer from before, without any work.
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
