/** What one operation costs the backend, as the bench counted it (`bench/results.json`). */
export interface Counters {
  readonly 'DynamoDB calls': number;
  readonly 'read units': number;
  readonly 'write units': number;
  readonly invocations: number;
  /** CPU of all its invocations, in ms on a core of the machine that measured. */
  readonly 'CPU of the functions': number;
}

/** The rows of `bench/results.json` that matter here. */
export interface BenchRow {
  readonly group: string;
  readonly name: string;
  readonly value: number;
}

const names = ['DynamoDB calls', 'read units', 'write units', 'invocations', 'CPU of the functions'] as const;

/** Reads one number of the bench. Throws if it isn't there, because then the bench has changed and the calculator must follow. */
function benchValue(rows: readonly BenchRow[], group: string, name: string): number {
  const row = rows.find((row) => row.group === group && row.name === name);
  if (row === undefined) throw new Error(`bench/results.json has no row "${name}" of "${group}".`);
  return row.value;
}

/** Reads the counters of an operation, such as `Connect`. */
export function countersOf(rows: readonly BenchRow[], group: string): Counters {
  const value = (name: (typeof names)[number]) => benchValue(rows, group, name);
  return {
    'DynamoDB calls': value('DynamoDB calls'),
    'read units': value('read units'),
    'write units': value('write units'),
    invocations: value('invocations'),
    'CPU of the functions': value('CPU of the functions'),
  };
}

/** The sizes of conversations in which the bench sends. */
const measured = [2, 8, 50, 150] as const;

/**
 * The counters of a message in a conversation of so many members: between two sizes that were measured by a straight line, and
 * beyond the largest one as there, because larger rooms are delivered from the stream. All members had a socket in the bench.
 */
export function sendCounters(rows: readonly BenchRow[], members: number): Counters {
  const at = (size: number) => countersOf(rows, `Send to ${size} members`);
  const above = measured.find((size) => size >= members);
  if (above === undefined) return at(150);
  const below = measured.findLast((size) => size < members) ?? above;
  const part = above === below ? 0 : (members - below) / (above - below);
  const [from, to] = [at(below), at(above)];
  const between = (name: (typeof names)[number]) => from[name] + (to[name] - from[name]) * part;
  return {
    'DynamoDB calls': between('DynamoDB calls'),
    'read units': between('read units'),
    'write units': between('write units'),
    invocations: between('invocations'),
    'CPU of the functions': between('CPU of the functions'),
  };
}

/**
 * Frames per delivery in a room of more than 100 members, whose events of a moment go out in one frame. In the bench the sockets of a
 * room with 50 messages/s got so many frames a second, and a room with fewer messages than that has one for each.
 */
export function framesPerDelivery(rows: readonly BenchRow[], sockets: number, messagesPerSecond: number): number {
  const size = sockets < 10_000 ? 1_000 : 10_000;
  const group = `A room of ${size} members with a socket each, 50 messages/s`;
  const framesPerSecond = 50 * benchValue(rows, group, 'frames per delivery');
  return messagesPerSecond <= framesPerSecond ? 1 : framesPerSecond / messagesPerSecond;
}
