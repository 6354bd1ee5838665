import type { Change } from '#core/conversations/change.ts';
import type { ChangeReader } from '#core/conversations/read.ts';
import { LruMap } from '#core/lru-map.ts';

/** The newest changes of a conversation without gaps, as they were when `seq` was its newest change. */
export interface Recent {
  readonly seq: number;
  readonly changes: readonly Change[];
}

/** A cache, which may forget entries and may throw. */
export interface RecentCache {
  get(conversationId: string): Recent | undefined;
  set(conversationId: string, recent: Recent): void;
}

/**
 * The most changes of a conversation in the cache. It is enough for the newest page of messages, with edits and reactions between
 * them.
 */
const longest = 256;

/**
 * Makes a reader that takes the newest changes of a conversation from a cache. `seq` is that of the conversation's head, which
 * was just loaded. Whatever changes a stored change also adds a change with a higher `seq`. So a cached entry is brought up to
 * `seq` by reading the changes since then, or isn't used. If the cache throws, the changes are read from the table.
 */
export function readRecent<Reader extends ChangeReader>(
  reader: Reader,
  cache: RecentCache,
  seq: number,
  count: (outcome: 'hit' | 'miss' | 'failed') => void,
): Reader {
  return { ...reader, range };

  async function range(conversationId: string, first: number, last: number): Promise<Change[]> {
    const recent = await current(conversationId);
    const low = recent ? lowest(recent) : seq + 1;
    if (recent && first >= low) {
      count('hit');
      return recent.changes.slice(first - low, last - low + 1);
    }
    // An older page that isn't adjacent to the cached changes is not cached.
    if (last < low - 1) return reader.range(conversationId, first, last);
    count('miss');
    const older = await reader.range(conversationId, first, low - 1);
    const whole = older.length === low - first;
    const changes = [...older, ...(recent?.changes ?? [])];
    if (whole && changes.length <= longest) keep(conversationId, { seq: recent?.seq ?? seq, changes });
    return changes.slice(0, Math.max(0, changes.length - ((recent?.seq ?? seq) - last)));
  }

  /** The cached changes, brought up to `seq` at least. */
  async function current(conversationId: string): Promise<Recent | undefined> {
    const kept = guarded(() => cache.get(conversationId));
    if (!kept || kept.seq >= seq) return kept;
    if (seq - kept.seq >= longest) return undefined;
    const newer = await reader.range(conversationId, kept.seq + 1, seq);
    if (newer.length < seq - kept.seq || !newer.every(leavesOthers)) return undefined;
    const advanced = { seq, changes: [...kept.changes, ...newer].slice(-longest) };
    keep(conversationId, advanced);
    return advanced;
  }

  function keep(conversationId: string, recent: Recent): void {
    guarded(() => cache.set(conversationId, recent));
  }

  function guarded<T>(use: () => T): T | undefined {
    try {
      return use();
    } catch {
      count('failed');
      return undefined;
    }
  }
}

const lowest = ({ seq, changes }: Recent) => seq - changes.length + 1;

/** Whether a change leaves all earlier ones as they were. For types that aren't named here, the cached changes aren't used. */
function leavesOthers(change: Change): boolean {
  if (change.type === 'member') return change.change !== 'erased';
  return change.type === 'message' || change.type === 'conversation' || change.type === 'void';
}

/** A cache in memory for at most so many bytes of JSON. */
export function createRecentCache(maxBytes: number): LruMap<string, Recent> {
  return new LruMap(maxBytes, (recent) => Buffer.byteLength(JSON.stringify(recent)));
}
