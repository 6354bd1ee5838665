/** A clock that jumps to whatever is awaited first, as soon as nothing else can go on. All waits in `run` must be its sleeps. */
export function virtualClock(time = 0) {
  const waiting: { at: number; wake: () => void }[] = [];
  return {
    now: () => time,
    sleep: (ms: number) =>
      new Promise<void>((wake) => {
        const at = time + ms;
        const later = waiting.findIndex((other) => other.at > at);
        waiting.splice(later < 0 ? waiting.length : later, 0, { at, wake });
      }),
    /** Runs until the work is done. */
    async run<T>(work: Promise<T>): Promise<T> {
      let isDone = false;
      const ends = work.finally(() => {
        isDone = true;
      });
      for (let idle = 0; !isDone && idle < 3; ) {
        await new Promise(setImmediate);
        const next = waiting.shift();
        idle = next ? 0 : idle + 1;
        if (next) time = next.at;
        next?.wake();
      }
      return ends;
    },
  };
}

export type VirtualClock = ReturnType<typeof virtualClock>;
