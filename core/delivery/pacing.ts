import type { Runtime } from '#core/runtime.ts';

/**
 * Changes of rooms with more members are posted at a pace, in turns with all other such rooms. It is about what one function posts by
 * itself in the time between two batches of the stream, so smaller rooms can't use up the share by themselves.
 */
export const unpacedMembers = 500;

/**
 * The part of API Gateway's requests per second that posts to rooms of more members may take. The others are for all other posts,
 * frames and HTTP requests, which share the quota ("Amazon API Gateway quotas").
 */
export const share = 0.7;

/** How many seconds of the quota API Gateway lets pass at once: its bucket has 5 000 requests at 10 000 a second. */
const bucketSeconds = 0.5;

/** The pace of one frame on its way to all sockets of a room. */
export interface Pace {
  /** Resolves when the next `posts` posts may begin. It may be called again before that. */
  next(posts: number): Promise<unknown>;
  /** Resolves when the turn is over. */
  end(): Promise<unknown>;
}

/** Begins the posts of one frame to so many sockets. */
export type StartPace = (sockets: number) => Promise<Pace>;

export interface PacingPorts extends Pick<Runtime, 'now' | 'sleep'> {
  /** The requests per second that API Gateway takes from this stage. */
  readonly requestsPerSecond: number;
  /**
   * Takes the next turn of so many ms after all turns that were taken, at `now` at the earliest. Returns when it begins, in ms since
   * 1970. No two turns overlap.
   */
  takeTurn(ms: number, now: number): Promise<number>;
}

/**
 * Paces frames: each has a turn that is as long as the share needs for its posts, and turns follow one another, so all together stay
 * within the share. The posts of a turn begin in its first half, at twice the share, because that is sooner for the last socket. In
 * the second half API Gateway's bucket fills again. What one turn can't take from the bucket goes at the rate of the share.
 */
export function createPacing({ requestsPerSecond, takeTurn, now, sleep }: PacingPorts): StartPace {
  const perMs = (requestsPerSecond * share) / 1000;
  const bucket = requestsPerSecond * bucketSeconds;
  return async (sockets) => {
    const turnMs = Math.ceil(sockets / perMs);
    const startsAt = await takeTurn(turnMs, now());
    let begun = 0;
    const until = async (time: number) => {
      const ms = time - now();
      if (ms > 0) await sleep(ms);
    };
    return {
      next(posts) {
        const due = Math.max(begun / (2 * perMs), (begun + posts - bucket) / perMs);
        begun += posts;
        return until(startsAt + due);
      },
      end: () => until(startsAt + turnMs),
    };
  };
}

/** Posts at once. */
export const unpaced: StartPace = async () => ({ next: async () => {}, end: async () => {} });
