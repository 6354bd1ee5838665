import { floorOf, type OwnConversation } from '#core/access.ts';
import type { Change, MessageChange } from '#core/conversations/change.ts';
import { buildSegment, isReadable, unindexed } from './build.ts';
import { find } from './packed.ts';
import { boundsOf, segmentOf, segmentSize } from './segment.ts';
import type { Indexed, SearchStore } from './store.ts';
import { highlight, type Word } from './tokens.ts';

export interface Found {
  readonly message: MessageChange;
  readonly highlights: [start: number, end: number][];
}

/** How far a search through one conversation has got. */
export interface Position {
  /** Only messages below this `seq` are left. */
  readonly before: number;
  /** No message that is left is newer than this, in ms since 1970, apart from differences between clocks. */
  readonly newest: number;
}

export interface Scan {
  readonly conversationId: string;
  /** The hits that were found and not taken yet, newest first. */
  readonly found: readonly Found[];
  readonly done: boolean;
  take(): Found | undefined;
  position(): Position;
  /** Searches one step further. Returns how many characters it has read. */
  advance(): Promise<number>;
}

const notBuilt: Indexed = { revised: { messages: new Map() } };

/** How many messages that may be hits are read at once. */
const checkedAtOnce = 25;
/** The segments of the first step and of the longest one. Steps grow, because a frequent word is found in the first segments. */
const stepSegments = { first: 2, longest: 64 };
/** A step ends after so many characters, because segments can be large when they are inflated. */
const stepCharacters = 1_000_000;
/**
 * The costs, in characters, of reading a change in addition to its text, of reading one that the index names, and of building a
 * segment. The index names a change that isn't a hit, too, where its words are there but not in the order of a phrase. Each costs a
 * read unit, so a request reads at most some 4 000 of them.
 */
const changeCharacters = 200;
const namedCharacters = 2_000;
const buildCharacters = 1_000_000;

/** Searches a conversation from its newest message down to the oldest one that the member may see. */
export function createScan(
  store: SearchStore,
  { conversation, me }: OwnConversation,
  words: readonly Word[],
  from: Position,
): Scan {
  const { id } = conversation;
  const floor = floorOf(conversation, me);
  const sealed = Math.floor(conversation.seq / segmentSize);
  let before = Math.min(from.before, conversation.seq + 1);
  let newest = from.newest;
  /** When the oldest message among those that were searched was sent. */
  let reachedTime = newest;
  let step = stepSegments.first;
  /** The `seq` of messages that may have the words by the index, newest first. All are at or above `before`. */
  const candidates: number[] = [];
  const found: Found[] = [];

  const visible = (seq: number) => seq > floor && seq < before;

  /** Compares the present texts of messages with the words, newest first, and adds the hits to `found`. */
  function judge(changes: readonly Change[]): number {
    let characters = 0;
    for (const change of changes.toSorted((a, b) => b.seq - a.seq)) {
      characters += changeCharacters;
      if (change.type !== 'message') continue;
      characters += change.text.length;
      newest = Math.min(newest, change.sentAt);
      const highlights = highlight(change.text, words);
      if (highlights) found.push({ message: change, highlights });
    }
    return characters;
  }

  async function check(): Promise<number> {
    const named = candidates.splice(0, checkedAtOnce);
    const characters = named.length * namedCharacters + judge(await store.at(id, named));
    if (candidates.length === 0) newest = Math.min(newest, reachedTime);
    return characters;
  }

  async function readLive(first: number, read: () => Promise<Change[]>): Promise<number> {
    const changes = (await read()).filter(({ seq }) => visible(seq));
    before = first;
    return judge(changes);
  }

  function searchTail(): Promise<number> {
    const first = Math.max(boundsOf(sealed).first, floor + 1);
    return readLive(first, () => store.range(id, first, before - 1));
  }

  async function searchSegments(top: number): Promise<number> {
    const lowest = Math.max(segmentOf(floor + 1), top - step + 1);
    step = Math.min(2 * step, stepSegments.longest);
    const { segments, reached } = await store.segments(id, top, lowest);
    let characters = 0;
    for (let number = top; number >= reached && characters < stepCharacters; number--) {
      const indexed = segments.get(number) ?? notBuilt;
      const segment = indexed.segment && isReadable(indexed.segment) ? indexed.segment : undefined;
      const { first, last } = boundsOf(number);
      if (!segment?.packed) {
        // This segment has to be read from the messages. The step ends before it, so that hits of the segments above come first.
        if (number < top) break;
        if (segment) return readLive(first, () => store.range(id, first, last));
        const build = () => buildSegment(store, id, number, indexed.revised);
        return buildCharacters + (await readLive(first, build));
      }
      const hits = find(number, segment.packed, words);
      const seqs = new Set([...hits.seqs, ...unindexed(indexed)]);
      candidates.push(...[...seqs].filter(visible).sort((a, b) => b - a));
      before = first;
      characters += hits.characters + changeCharacters;
      reachedTime = segment.oldest ?? reachedTime;
    }
    if (candidates.length === 0) newest = Math.min(newest, reachedTime);
    return characters;
  }

  return {
    conversationId: id,
    found,
    get done() {
      return found.length === 0 && candidates.length === 0 && before - 1 <= floor;
    },
    take: () => found.shift(),
    position() {
      const [next] = found;
      if (next) return { before: next.message.seq + 1, newest: next.message.sentAt };
      return { before: Math.max(candidates[0] ?? 0, before - 1) + 1, newest };
    },
    advance() {
      if (candidates.length > 0) return check();
      const segment = segmentOf(before - 1);
      return segment >= sealed ? searchTail() : searchSegments(segment);
    },
  };
}
