import { connectsPerSecond, type Needs, requestsPerSecond } from './needs.ts';

/** A limit of AWS beside what is needed, and what to do if that is more. */
export interface Quota {
  readonly name: string;
  readonly needed: number;
  readonly limit: number;
  readonly otherwise: string;
}

/**
 * The default quotas of an account in us-east-1 that a load comes near first ("Amazon API Gateway quotas", "Lambda quotas", "Quotas in
 * Amazon DynamoDB"). A new account can have less, such as 10 functions at once: `npm run preflight` asks yours.
 */
export const quotasOf = (needs: Needs): readonly Quota[] => [
  {
    name: 'API Gateway: requests, frames and posts per second',
    needed: needs.requests,
    limit: requestsPerSecond,
    otherwise: 'ask for "Throttle rate" of API Gateway (an account and region)',
  },
  {
    name: 'API Gateway: posts per second to the busiest room',
    needed: needs.hotPosts,
    limit: requestsPerSecond,
    otherwise:
      'ask for "Throttle rate" of API Gateway; until then the room is told at the pace of 70 % of the quota (docs/scale.md)',
  },
  {
    name: 'API Gateway: bytes of a round of the busiest room, which takes turns',
    needed: needs.hotTurnBytes,
    limit: 32 * 1_024,
    otherwise:
      'the room gets up to four frames in a round, and what is more is left out. With n times the "Throttle rate" its rounds are n times shorter (docs/scale.md)',
  },
  {
    name: 'API Gateway: new connections per second',
    needed: needs.newSockets,
    limit: connectsPerSecond,
    otherwise: 'ask for "New WebSocket connections per second"',
  },
  {
    name: 'Lambda: functions that run at once',
    needed: needs.concurrency,
    limit: 1_000,
    otherwise: 'ask for "Concurrent executions"',
  },
  {
    name: 'DynamoDB: write units per second of a table',
    needed: needs.writeUnits,
    limit: 40_000,
    otherwise: 'ask for "Table-level write throughput limit"',
  },
  {
    name: 'DynamoDB: read units per second of a table',
    needed: needs.readUnits,
    limit: 40_000,
    otherwise: 'ask for "Table-level read throughput limit"',
  },
  {
    name: 'DynamoDB: write units per second of the head of the busiest conversation',
    needed: needs.hotWriteUnits,
    limit: 1_000,
    otherwise: 'nothing to ask for: a partition has no more. People must write in several conversations',
  },
];
