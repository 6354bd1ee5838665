import type { Change } from '#core/conversations/change.ts';
import type { ChangeReader } from '#core/conversations/read.ts';
import { LruMap } from '#core/lru-map.ts';

/** The newest changes of a conversation, without a hole, as they were when its head was at `seq`. */
export interface Recent {
  readonly seq: number;
  readonly changes: readonly Change[];
}

/** A place that may forget what it is given, and that may fail. */
export interface RecentCache {
  get(conversationId: string): Recent | undefined;
  set(conversationId: string, recent: Recent): void;
}

/** Enough for the newest page of messages with edits and reactions between them. */
const longest = 256;

/**
 * A reader that reads the newest changes of a conversation from a cache as far as they are there. `seq` is the head's, just
 * loaded: every change of a row comes with a higher one, so what is kept is brought up to it, by reading the few changes since,
 * or not used at all. Where the cache fails, the answer comes from the table.
 */
export function readRecent<Reader extends ChangeReader>(
  reader: Reader,
  cache: RecentCache,
  seq: number,
  count: (what: 'RecentHit' | 'RecentMiss' | 'RecentFailed') => void,
): Reader {
  return { ...reader, range };

  async function range(conversationId: string, first: number, last: number): Promise<Change[]> {
    const recent = await current(conversationId);
    const low = recent ? lowest(recent) : seq + 1;
    if (recent && first >= low) {
      count('RecentHit');
      return recent.changes.slice(first - low, last - low + 1);
    }
    // Not beside what is kept: an older page.
    if (last < low - 1) return reader.range(conversationId, first, last);
    count('RecentMiss');
    const older = await reader.range(conversationId, first, low - 1);
    const whole = older.length === low - first;
    const changes = [...older, ...(recent?.changes ?? [])];
    if (whole && changes.length <= longest) keep(conversationId, { seq: recent?.seq ?? seq, changes });
    return changes.slice(0, Math.max(0, changes.length - ((recent?.seq ?? seq) - last)));
  }

  /** What is kept, as of `seq` or later. */
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
      count('RecentFailed');
      return undefined;
    }
  }
}

const lowest = ({ seq, changes }: Recent) => seq - changes.length + 1;

/** Whether earlier rows are as they were before this change. Of a type that isn't named here they are read again. */
function leavesOthers(change: Change): boolean {
  if (change.type === 'member') return change.change !== 'erased';
  return change.type === 'message' || change.type === 'conversation' || change.type === 'void';
}

/** A cache in memory that holds so many bytes at most, as JSON. */
export function createRecentCache(maxBytes: number): LruMap<string, Recent> {
  return new LruMap(maxBytes, (recent) => Buffer.byteLength(JSON.stringify(recent)));
}
