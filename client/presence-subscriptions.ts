import { limits } from 'storm-chat-protocol/limits';
import type { Presence, Presences } from 'storm-chat-protocol/presence';
import type { Result } from './failures.ts';

export interface PeopleOptions {
  readonly ask: (userIds: readonly string[]) => Promise<Result<Presences>>;
  readonly onChange: () => void;
}

/** Who of the watched people is online. The server tells of changes the socket that asked, so every new one asks again. */
export class People {
  readonly #options: PeopleOptions;
  readonly #watched = new Map<string, number>();
  readonly #known = new Map<string, Presence>();

  constructor(options: PeopleOptions) {
    this.#options = options;
  }

  /** Undefined while it isn't known, and for those whom the server doesn't tell of. */
  get(userId: string): Presence | undefined {
    return this.#known.get(userId);
  }

  /** Returns what ends it; watching somebody twice needs ending twice. */
  watch(userIds: readonly string[]): () => void {
    const added = userIds.filter((id) => !this.#watched.has(id));
    for (const id of userIds) this.#watched.set(id, (this.#watched.get(id) ?? 0) + 1);
    void this.#ask(added);
    return () => {
      for (const id of userIds) {
        const left = (this.#watched.get(id) ?? 0) - 1;
        if (left > 0) this.#watched.set(id, left);
        else this.#watched.delete(id);
      }
    };
  }

  /** There is a new socket. */
  refresh(): void {
    void this.#ask([...this.#watched.keys()]);
  }

  receive({ userId, online, lastSeenAt }: Presence): void {
    this.#known.set(userId, { userId, online, lastSeenAt });
    this.#options.onChange();
  }

  async #ask(userIds: readonly string[]): Promise<void> {
    const asked = userIds.slice(0, limits.presenceUserIds);
    if (asked.length === 0) return;
    const before = new Map(asked.map((id) => [id, this.#known.get(id)]));
    const answer = this.#options.ask(asked);
    void this.#ask(userIds.slice(asked.length));
    const result = await answer;
    // What fails is asked again with the next socket.
    if ('error' in result) return;
    // Whatever changes after the answer was made is pushed, and may overtake it.
    for (const presence of result.ok.users)
      if (this.#known.get(presence.userId) === before.get(presence.userId)) this.receive(presence);
  }
}
