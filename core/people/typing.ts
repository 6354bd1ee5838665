import { LruMap } from '#core/lru-map.ts';
import type { Result } from '#protocol/failures.ts';
import type { SendTyping } from '#protocol/frames.ts';
import { limits } from '#protocol/limits.ts';

type Typing = Pick<SendTyping, 'conversationId' | 'typing'>;

/** What was said last of someone in a conversation. Times in ms since 1970. */
interface Said {
  readonly typing: boolean;
  readonly at: { readonly [typing in 'true' | 'false']: number };
  readonly answer: Promise<Result<object>>;
}

/** Of so many people and conversations at most is remembered what was said. */
const remembered = 10_000;
const everyMs = limits.typingEverySeconds * 1000;

/**
 * Says that people type, each once per `limits.typingEverySeconds`, and that they stopped, at once where it was said that they
 * type. What comes more often gets the answer from before, without any work. `say` must check that they may.
 */
export function createTyping(
  say: (userId: string, typing: Typing) => Promise<Result<object>>,
  clock: () => number = Date.now,
) {
  const said = new LruMap<string, Said>(remembered);

  return (userId: string, { conversationId, typing }: Typing): Promise<Result<object>> => {
    const key = `${userId} ${conversationId}`;
    const now = clock();
    const last = said.get(key);
    const stops = !typing && last?.typing === true;
    if (last && !stops && now - last.at[`${typing}`] < everyMs) return last.answer;
    const answer = say(userId, { conversationId, typing });
    const at = { true: 0, false: 0, ...last?.at, [`${typing}`]: now };
    said.set(key, { typing, at, answer });
    return answer;
  };
}
