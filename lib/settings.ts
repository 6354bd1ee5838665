import { RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as z from 'zod/mini';

/** Requests per second that last, and the bucket above them. */
interface Throttle {
  readonly rateLimit: number;
  readonly burstLimit: number;
}

/** All that differs between deployments. */
export interface Settings {
  readonly stage: 'dev' | 'prod';
  /** What becomes of data (tables, secret) when it leaves the stack. */
  readonly dataRemoval: RemovalPolicy;
  readonly deletionProtection: boolean;
  readonly logRetention: RetentionDays;
  readonly webSocketThrottle: Throttle;
  readonly httpThrottle: Throttle;
  /**
   * Most `accounts` functions at once: hashing passwords must not eat up the region's concurrency. AWS keeps 100 unreserved, so
   * the account's limit must be that much higher ("Lambda quotas": 1 000, new accounts have less).
   */
  readonly accountsConcurrency?: number;
  /** Count it up by one and deploy to rotate the signing keys; wait 10 minutes (a token's life) before the next time. */
  readonly signingKeyRotation: number;
  /** Gets the alarms. */
  readonly alertEmail?: string;
}

type Stage = Omit<Settings, 'stage' | 'alertEmail'>;

const stages = {
  dev: {
    dataRemoval: RemovalPolicy.DESTROY,
    deletionProtection: false,
    logRetention: RetentionDays.ONE_WEEK,
    webSocketThrottle: { rateLimit: 1_000, burstLimit: 2_000 },
    httpThrottle: { rateLimit: 500, burstLimit: 1_000 },
    signingKeyRotation: 1,
  },
  prod: {
    dataRemoval: RemovalPolicy.RETAIN,
    deletionProtection: true,
    logRetention: RetentionDays.THREE_MONTHS,
    // The account's 10 000 requests/s are shared by frames, HTTP calls and every post to a socket: frames get the smaller
    // part, because each of them causes several posts ("Amazon API Gateway quotas").
    webSocketThrottle: { rateLimit: 2_500, burstLimit: 2_500 },
    httpThrottle: { rateLimit: 1_500, burstLimit: 1_500 },
    accountsConcurrency: 100,
    signingKeyRotation: 1,
  },
} satisfies Record<Settings['stage'], Stage>;

const Context = z.object({
  stage: z._default(z.enum(['dev', 'prod'], 'must be dev or prod'), 'dev'),
  alertEmail: z.optional(z.email('must be an e-mail address')),
});

/** The settings of the stage that `-c stage=…` (`dev` unless given) asks for. Throws when a context value is not allowed. */
export function readSettings(context: (key: string) => unknown): Settings {
  const given = Context.safeParse({ stage: context('stage'), alertEmail: context('alertEmail') });
  if (!given.success) throw new Error(`The context (-c key=value) is not right.\n${z.prettifyError(given.error)}`);
  const { stage, alertEmail } = given.data;
  return { stage, ...stages[stage], ...(alertEmail && { alertEmail }) };
}
