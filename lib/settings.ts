import { RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as z from 'zod/mini';
import { type Rates, rates } from './rates.ts';

/** A limit of API Gateway: the rate in requests per second, and the size of the token bucket. */
interface Throttle {
  readonly rateLimit: number;
  readonly burstLimit: number;
}

/** All that differs between deployments. */
export interface Settings {
  /** The name of the stage: `dev` or `prod`, or one of these with more, such as `dev-ann`. */
  readonly stage: string;
  /** What becomes of data (tables, secrets, files, logs) when it leaves the stack. Whatever it says, a creation that fails leaves nothing. */
  readonly dataRemoval: RemovalPolicy.DESTROY | RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;
  readonly logRetention: RetentionDays;
  readonly webSocketThrottle: Throttle;
  readonly httpThrottle: Throttle;
  /** The limits of what a user may do. Above them they get `rate_limited`, and the time to wait. */
  readonly rates: Rates;
  /**
   * How many `accounts` functions run at once at most, so that hashing passwords doesn't eat up the region's concurrency. Not unless asked
   * for: AWS keeps 100 unreserved, and a new account has 10 in all, so that the deploy would fail ("Lambda quotas").
   */
  readonly accountsConcurrency?: number | undefined;
  /**
   * To rotate the signing keys, increase this by one and deploy. Wait 10 minutes, the lifetime of an access token, before the
   * next rotation.
   */
  readonly signingKeyRotation: number;
  /** The e-mail address that gets the alarms. */
  readonly alertEmail?: string | undefined;
  /** The ARNs of platform applications of SNS. Mobile apps get notifications only if they are given. */
  readonly fcmApplicationArn?: string | undefined;
  readonly apnsApplicationArn?: string | undefined;
}

type Given = 'stage' | 'accountsConcurrency' | 'alertEmail' | 'fcmApplicationArn' | 'apnsApplicationArn';
type Stage = Omit<Settings, Given>;

const stages = {
  dev: {
    dataRemoval: RemovalPolicy.DESTROY,
    logRetention: RetentionDays.ONE_WEEK,
    webSocketThrottle: { rateLimit: 1_000, burstLimit: 2_000 },
    httpThrottle: { rateLimit: 500, burstLimit: 1_000 },
    rates: rates.dev,
    signingKeyRotation: 1,
  },
  prod: {
    dataRemoval: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    logRetention: RetentionDays.THREE_MONTHS,
    // Frames, HTTP calls and posts to sockets share the account's 10 000 requests per second ("Amazon API Gateway quotas"). Most of
    // that is left to posts, because a frame causes several of them.
    webSocketThrottle: { rateLimit: 2_500, burstLimit: 2_500 },
    httpThrottle: { rateLimit: 1_500, burstLimit: 1_500 },
    rates: rates.prod,
    signingKeyRotation: 1,
  },
} satisfies Record<string, Stage>;

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
  stage: z._default(
    z.string().check(z.regex(/^(?:dev|prod)(?:-[a-z0-9]{1,20})?$/, 'must be dev or prod, or begin with dev- or prod-')),
    'dev',
  ),
  accountsConcurrency: z.optional(z.coerce.number().check(z.int(), z.gte(1))),
  alertEmail: z.optional(z.email('must be an e-mail address')),
  fcmApplicationArn: z.optional(applicationArn('GCM')),
  apnsApplicationArn: z.optional(applicationArn('APNS(?:_SANDBOX)?')),
});

/** The settings of the stage that `-c stage=…` (`dev` unless given) asks for. Throws when a context value is not allowed. */
export function readSettings(context: (key: string) => unknown): Settings {
  const keys: Given[] = ['stage', 'accountsConcurrency', 'alertEmail', 'fcmApplicationArn', 'apnsApplicationArn'];
  const given = Context.safeParse(Object.fromEntries(keys.map((key) => [key, context(key)])));
  if (!given.success) throw new Error(`The context (-c key=value) is not right.\n${z.prettifyError(given.error)}`);
  const { stage, ...rest } = given.data;
  return { stage, ...stages[stage.startsWith('prod') ? 'prod' : 'dev'], ...rest };
}
