import { limits } from 'storm-chat-protocol/limits';
import type { Presence, Presences } from 'storm-chat-protocol/presence';
import { backoff } from './backoff.ts';
import type { Result } from './failures.ts';
import type { Platform } from './platform.ts';

export interface PresenceSubscriptionsOptions {
  readonly platform: Pick<Platform, 'schedule' | 'random'>;
  readonly ask: (userIds: readonly string[]) => Promise<Result<Presences>>;
  readonly onChange: () => void;
}

/**
 * The presence of the people whom the program subscribes to. A subscription belongs to a socket, so every new socket subscribes
 * again.
 */
export class PresenceSubscriptions {
  readonly #options: PresenceSubscriptionsOptions;
  readonly #subscribed = new Map<string, number>();
  readonly #known = new Map<string, Presence>();
  /** How many sockets there have been. */
  #sockets = 0;
  /** People who have written and were asked about once more since. */
  readonly #heard = new Set<string>();

  constructor(options: PresenceSubscriptionsOptions) {
    this.#options = options;
  }

  /** Undefined before the server's answer, which each lost connection makes necessary anew, and for people whose presence the server doesn't share with this person. */
  get(userId: string): Presence | undefined {
    return this.#known.get(userId);
  }

  /** Subscribes to people. The returned function ends that; people who were subscribed to twice stay until both have ended. */
  subscribe(userIds: readonly string[]): () => void {
    const added = userIds.filter((id) => !this.#subscribed.has(id));
    for (const id of userIds) this.#subscribed.set(id, (this.#subscribed.get(id) ?? 0) + 1);
    void this.#ask(added);
    return () => {
      for (const id of userIds) {
        const left = (this.#subscribed.get(id) ?? 0) - 1;
        if (left > 0) this.#subscribed.set(id, left);
        else this.#subscribed.delete(id);
      }
    };
  }

  /** Subscribes the new socket. */
  resubscribe(): void {
    this.#sockets += 1;
    void this.#ask([...this.#subscribed.keys()]);
  }

  /** Must be called when the connection is lost, or may be: what was known says nothing any more. `resubscribe` asks anew. */
  forget(): void {
    if (this.#known.size === 0) return;
    this.#known.clear();
    this.#options.onChange();
  }

  receive({ userId, online, lastSeenAt }: Presence): void {
    this.#known.set(userId, { userId, online, lastSeenAt });
    this.#options.onChange();
  }

  /**
   * Must be called when a person writes. The one who began a direct conversation isn't shown the other before that, so the presence
   * of somebody who seems never to have been online is asked for once more.
   */
  hear(userId: string): void {
    const known = this.#known.get(userId);
    if (!known || known.online || known.lastSeenAt !== null || this.#heard.has(userId)) return;
    this.#heard.add(userId);
    if (this.#subscribed.has(userId)) void this.#ask([userId]);
  }

  async #ask(userIds: readonly string[], failures = 0): Promise<void> {
    const asked = userIds.slice(0, limits.presenceUserIds);
    if (asked.length === 0) return;
    const socket = this.#sockets;
    const before = new Map(asked.map((id) => [id, this.#known.get(id)]));
    const answer = this.#options.ask(asked);
    void this.#ask(userIds.slice(asked.length), failures);
    const result = await answer;
    if ('error' in result) {
      // Without a connection it is the next socket that asks again.
      const { code, temporary, retryAfterMs = 0 } = result.error;
      if (!temporary || code === 'offline') return;
      const { platform } = this.#options;
      platform.schedule(Math.max(retryAfterMs, backoff(failures, platform)), () => {
        if (socket !== this.#sockets) return;
        const subscribed = asked.filter((id) => this.#subscribed.has(id));
        void this.#ask(subscribed, failures + 1);
      });
      return;
    }
    // A change after the answer was made is pushed, and may arrive before the answer. It is newer, so it stays.
    for (const presence of result.ok.users)
      if (this.#known.get(presence.userId) === before.get(presence.userId)) this.receive(presence);
  }
}
