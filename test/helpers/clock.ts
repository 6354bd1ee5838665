/** The clock of this process, which can be put forward: functions and clients see it, timers don't. */
export function movableClock() {
  const { now } = Date;
  let ahead = 0;
  Date.now = () => now() + ahead;
  return {
    pass(ms: number): void {
      ahead += ms;
    },
    stop(): void {
      Date.now = now;
    },
  };
}

export type MovableClock = ReturnType<typeof movableClock>;
