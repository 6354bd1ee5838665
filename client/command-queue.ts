import { backoff } from './backoff.ts';
import { fail, type Result } from './failures.ts';
import type { Platform } from './platform.ts';

interface Command<T> {
  /** What it sets. A later command of the same kind makes it pointless. */
  readonly kind: string;
  readonly send: () => Promise<Result<T>>;
  /** They resolve what `run` returned, for this command and for those that it made pointless. */
  readonly settle: ((result: Result<T>) => void)[];
}

/**
 * Sends the commands about one target, such as a message, one after the other. The server handles the frames of a socket at the same
 * time, so without this the earlier of two could win. A command that fails for a while is sent again, also after a reconnect. Of
 * several that wait and set the same, only the last is sent, and all get its result.
 */
export class CommandQueue<T> {
  readonly #platform: Pick<Platform, 'schedule' | 'random'>;
  /** The commands that wait, by target. A target has an entry while one of its commands is under way. */
  readonly #waiting = new Map<string, Command<T>[]>();
  /** Each ends a pause before a command is sent again. */
  readonly #pauses = new Set<() => void>();
  #closed = false;

  constructor(platform: Pick<Platform, 'schedule' | 'random'>) {
    this.#platform = platform;
  }

  /**
   * Resolves when the server has answered, which may take long without a connection, or when the queue is closed. `send` may be called
   * several times, so repeating it must do no harm.
   */
  run(target: string, kind: string, send: () => Promise<Result<T>>): Promise<Result<T>> {
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(target);
      const earlier = waiting?.findIndex((other) => other.kind === kind) ?? -1;
      const pointless = earlier < 0 ? undefined : waiting?.splice(earlier, 1)[0];
      const command = { kind, send, settle: [...(pointless?.settle ?? []), resolve] };
      if (waiting) waiting.push(command);
      else void this.#work(target, command);
    });
  }

  /** Whether a command about this target isn't answered yet. */
  isBusy(target: string): boolean {
    return this.#waiting.has(target);
  }

  /** Sends again at once what waits after a failure. Called when there is a connection. */
  flush(): void {
    for (const end of this.#pauses) end();
  }

  /** Gives up what isn't answered. */
  close(): void {
    this.#closed = true;
    this.flush();
  }

  async #work(target: string, first: Command<T>): Promise<void> {
    const waiting: Command<T>[] = [];
    this.#waiting.set(target, waiting);
    let failures = 0;
    for (let command: Command<T> | undefined = first; command; command = waiting.shift()) {
      const result: Result<T> = this.#closed ? fail('cancelled', 'The chat was closed.') : await command.send();
      if ('ok' in result || !result.error.temporary) {
        for (const settle of command.settle) settle(result);
        failures = 0;
      } else {
        await this.#pause(Math.max(result.error.retryAfterMs ?? 0, backoff(failures, this.#platform)));
        failures += 1;
        const { kind, settle } = command;
        const newer = waiting.find((other) => other.kind === kind);
        if (newer) newer.settle.unshift(...settle);
        else waiting.unshift(command);
      }
    }
    this.#waiting.delete(target);
  }

  #pause(delay: number): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        cancel();
        this.#pauses.delete(end);
        resolve();
      };
      const cancel = this.#platform.schedule(delay, end);
      this.#pauses.add(end);
    });
  }
}
