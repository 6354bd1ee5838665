/**
 * How many messages of one socket a backend handles at once, and how many of all sockets. API Gateway has no such limits, but a
 * laptop has two cores: without them, a flood on one socket would use up Lambda's concurrency of 1 000, and everybody else would
 * wait behind it.
 */
export const PER_SOCKET = 25;
const OF_ALL = 500;

/** A socket from which so many messages wait is not read until half of them have had their turn. */
const MOST_WAITING = 500;

/** A socket whose messages take turns. */
interface Sender {
  pause(): void;
  resume(): void;
}

interface Line {
  running: number;
  paused: boolean;
  readonly waiting: (() => void)[];
}

/** Lets messages be handled concurrently, and in turn between the sockets that have messages waiting. */
export class Turns {
  /** The sockets that have messages here. The one whose turn is next comes first. */
  readonly #lines = new Map<Sender, Line>();
  #running = 0;

  /** Waits for a turn of the sender, and runs something in it. */
  async take<T>(sender: Sender, run: () => Promise<T>): Promise<T> {
    const line = this.#lineOf(sender);
    await new Promise<void>((resolve) => {
      line.waiting.push(resolve);
      if (line.waiting.length >= MOST_WAITING && !line.paused) {
        line.paused = true;
        sender.pause();
      }
      this.#next();
    });
    try {
      return await run();
    } finally {
      this.#running--;
      line.running--;
      if (line.running === 0 && line.waiting.length === 0) this.#lines.delete(sender);
      this.#next();
    }
  }

  #lineOf(sender: Sender): Line {
    const line = this.#lines.get(sender) ?? { running: 0, paused: false, waiting: [] };
    this.#lines.set(sender, line);
    return line;
  }

  #next(): void {
    for (const [sender, line] of this.#lines) {
      if (this.#running >= OF_ALL) return;
      const start = line.running < PER_SOCKET ? line.waiting.shift() : undefined;
      if (!start) continue;
      line.running++;
      this.#running++;
      // The iteration comes to the socket again after all others.
      this.#lines.delete(sender);
      this.#lines.set(sender, line);
      if (line.paused && line.waiting.length <= MOST_WAITING / 2) {
        line.paused = false;
        sender.resume();
      }
      start();
    }
  }
}
