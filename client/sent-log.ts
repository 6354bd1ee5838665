import type { Outgoing } from './outbox.ts';

/** What is known of a message since the server acknowledged it. */
export interface Acknowledged {
  /** The epoch in which it has its `seq`. */
  readonly epoch: string;
  /** In ms since 1970. */
  readonly at: number;
}

/** An acknowledged message that is kept for a while, in case the server loses it by a restore from a backup. */
type Kept = Outgoing & { readonly acknowledged: Acknowledged };

/** A restore is rarely to a time further back, and each client offers at most so many messages again when it is over. */
const keptMs = 24 * 3_600_000;
const keptMessages = 100;

export function isKept(outgoing: Outgoing): outgoing is Kept {
  return outgoing.acknowledged !== undefined;
}

/** The messages of a person that were acknowledged lately, by id. */
export class SentLog {
  readonly #kept = new Map<string, Kept>();

  /** Adds a message. Returns the ids of those that need not be kept any longer. */
  add(kept: Kept, now: number): string[] {
    this.#kept.set(kept.id, kept);
    const newestFirst = [...this.#kept.values()].sort(
      (a, b) => b.acknowledged.at - a.acknowledged.at || (a.id < b.id ? 1 : -1),
    );
    const spent = newestFirst.filter((one, index) => index >= keptMessages || now - one.acknowledged.at > keptMs);
    return spent.filter(({ id }) => this.#kept.delete(id)).map(({ id }) => id);
  }

  delete(id: string): boolean {
    return this.#kept.delete(id);
  }

  get ids(): string[] {
    return [...this.#kept.keys()];
  }

  /** Takes out the messages whose conversation has another epoch than when they were acknowledged. */
  takeLost(epochOf: (conversationId: string) => string | undefined): Kept[] {
    const lost = [...this.#kept.values()].filter(({ conversationId, acknowledged }) => {
      const epoch = epochOf(conversationId);
      return epoch !== undefined && epoch !== acknowledged.epoch;
    });
    for (const { id } of lost) this.#kept.delete(id);
    return lost;
  }
}
