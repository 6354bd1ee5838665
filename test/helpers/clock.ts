/** The clock of this process, which can be moved forward. It applies to functions and clients, but not to timers. */
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
