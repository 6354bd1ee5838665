/** How much load a test makes. */
export interface Profile {
  /** Users with a socket each. */
  readonly connections: number;
  /** How many of them come per second. AWS takes 500 of an account and region ("Amazon API Gateway quotas"). */
  readonly connectsPerSecond: number;
  /** Messages per second of all together, once all are there. */
  readonly messagesPerSecond: number;
  /** Members of a room. */
  readonly roomSize: number;
  /** How long the load stays after the last user has come. */
  readonly holdSeconds: number;
}

const large = { connectsPerSecond: 400, roomSize: 1_000, holdSeconds: 600 } as const;

export const profiles = {
  smoke: { connections: 100, connectsPerSecond: 5, messagesPerSecond: 10, roomSize: 50, holdSeconds: 30 },
  '5k': { ...large, connections: 5_000, messagesPerSecond: 1_000 },
  '10k': { ...large, connections: 10_000, messagesPerSecond: 1_000 },
  '50k': { ...large, connections: 50_000, messagesPerSecond: 10_000 },
  '100k': { ...large, connections: 100_000, messagesPerSecond: 50_000 },
} as const satisfies Record<string, Profile>;

export type ProfileName = keyof typeof profiles;

export function isProfile(name: string): name is ProfileName {
  return Object.hasOwn(profiles, name);
}
