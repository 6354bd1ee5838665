import { RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as z from 'zod/mini';
import { type Rates, rates } from './rates.ts';

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
  /** Above these a person is told `rate_limited`, and when to try again. */
  readonly rates: Rates;
  /**
   * Most `accounts` functions at once: hashing passwords must not eat up the region's concurrency. AWS keeps 100 unreserved, so
   * the account's limit must be that much higher ("Lambda quotas": 1 000, new accounts have less).
   */
  readonly accountsConcurrency?: number;
  /** Count it up by one and deploy to rotate the signing keys; wait 10 minutes (a token's life) before the next time. */
  readonly signingKeyRotation: number;
  /** Gets the alarms. */
  readonly alertEmail?: string | undefined;
  /** SNS's platform applications, by which apps on mobile devices are pushed to; none unless given. */
  readonly fcmApplicationArn?: string | undefined;
  readonly apnsApplicationArn?: string | undefined;
}

type Given = 'stage' | 'alertEmail' | 'fcmApplicationArn' | 'apnsApplicationArn';
type Stage = Omit<Settings, Given>;

const stages = {
  dev: {
    dataRemoval: RemovalPolicy.DESTROY,
    deletionProtection: false,
    logRetention: RetentionDays.ONE_WEEK,
    webSocketThrottle: { rateLimit: 1_000, burstLimit: 2_000 },
    httpThrottle: { rateLimit: 500, burstLimit: 1_000 },
    rates: rates.dev,
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
    rates: rates.prod,
    accountsConcurrency: 100,
    signingKeyRotation: 1,
  },
} satisfies Record<Settings['stage'], Stage>;

const applicationArn = (platform: string) =>
  z
    .string()
    .check(
      z.regex(
        new RegExp(`^arn:aws[\\w-]*:sns:[\\w-]+:\\d{12}:app/${platform}/[\\w.-]+$`),
        'must be the ARN of a platform application of SNS',
      ),
    );

const Context = z.object({
  stage: z._default(z.enum(['dev', 'prod'], 'must be dev or prod'), 'dev'),
  alertEmail: z.optional(z.email('must be an e-mail address')),
  fcmApplicationArn: z.optional(applicationArn('GCM')),
  apnsApplicationArn: z.optional(applicationArn('APNS(?:_SANDBOX)?')),
});

/** The settings of the stage that `-c stage=…` (`dev` unless given) asks for. Throws when a context value is not allowed. */
export function readSettings(context: (key: string) => unknown): Settings {
  const keys: Given[] = ['stage', 'alertEmail', 'fcmApplicationArn', 'apnsApplicationArn'];
  const given = Context.safeParse(Object.fromEntries(keys.map((key) => [key, context(key)])));
  if (!given.success) throw new Error(`The context (-c key=value) is not right.\n${z.prettifyError(given.error)}`);
  const { stage, ...rest } = given.data;
  return { stage, ...stages[stage], ...rest };
}
