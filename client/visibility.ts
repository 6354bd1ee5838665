import type { Result } from './failures.ts';
import type { Platform } from './platform.ts';
import { timeSpan } from './time-span.ts';

/** How often a tab that is looked at repeats that to the leader, and how long the leader believes it, in ms. */
const repeatMs = 30_000;
const believedMs = 75_000;
/** A change waits so long before the server is told, in ms, unless a receipt depends on it. So a short look elsewhere costs nothing. */
const delayMs = 3_000;

/** What a tab tells the others: whether somebody looks at it. */
export interface VisibilityNote {
  readonly type: 'visible';
  /** An id that the tab has made for itself. */
  readonly tab: string;
  readonly visible: boolean;
}

export interface VisibilityOptions {
  readonly platform: Platform;
  /** An id of this tab. */
  readonly tab: string;
  readonly isLeader: () => boolean;
  readonly share: (note: VisibilityNote) => void;
  readonly tell: (visible: boolean) => Promise<Result<unknown>>;
}

/**
 * Whether somebody looks at a person's client: at any of its tabs. The leader tells the server. A socket counts as visible until
 * then.
 */
export class Visibility {
  readonly #options: VisibilityOptions;
  #own = true;
  /** By tab that is looked at: whether that is too long ago to believe. */
  readonly #others = new Map<string, () => boolean>();
  /** What the present socket was told. */
  #told = true;
  #sockets = 0;
  #telling: Promise<void> | undefined;
  #cancelRepeat = () => {};
  #cancelTimer = () => {};

  constructor(options: VisibilityOptions) {
    this.#options = options;
  }

  /** Only the leader knows of the other tabs. */
  get visible(): boolean {
    return this.#own || [...this.#others.values()].some((isOver) => !isOver());
  }

  /** Sets whether somebody looks at this tab. */
  set(visible: boolean): void {
    if (visible === this.#own) return;
    this.#own = visible;
    this.#changed();
  }

  hear({ tab, visible }: VisibilityNote): void {
    if (visible) this.#others.set(tab, timeSpan(this.#options.platform, believedMs));
    else this.#others.delete(tab);
    if (this.#options.isLeader()) this.#later(delayMs);
  }

  /** Must be called for every new socket. */
  renew(): void {
    this.#sockets += 1;
    this.#told = true;
    if (!this.#options.isLeader()) this.#changed();
    else if (!this.visible) void this.settled();
  }

  /** Resolves when the server knows what is true now, or can't be told. */
  async settled(): Promise<void> {
    // The same task that makes the connection's state `online` announces the new socket, but later.
    await null;
    this.#telling ??= this.#tell().finally(() => {
      this.#telling = undefined;
    });
    return this.#telling;
  }

  close(): void {
    this.#cancelRepeat();
    this.#cancelTimer();
  }

  #changed(): void {
    this.#cancelRepeat();
    if (this.#options.isLeader()) {
      this.#later(delayMs);
      return;
    }
    this.#options.share({ type: 'visible', tab: this.#options.tab, visible: this.#own });
    if (this.#own) this.#cancelRepeat = this.#options.platform.schedule(repeatMs, () => this.#changed());
  }

  #later(ms: number): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#options.platform.schedule(ms, () => void this.settled());
  }

  async #tell(): Promise<void> {
    while (this.#options.isLeader() && this.#told !== this.visible) {
      const { visible } = this;
      const sockets = this.#sockets;
      const result = await this.#options.tell(visible);
      if (sockets !== this.#sockets) continue;
      if ('ok' in result) this.#told = visible;
      else {
        // Without a connection the next socket is told.
        if (result.error.temporary && result.error.code !== 'offline')
          this.#later(result.error.retryAfterMs ?? delayMs);
        return;
      }
    }
    // A tab that vanished says nothing any more.
    if (this.#options.isLeader() && !this.#own && this.#others.size > 0) this.#later(believedMs);
  }
}
