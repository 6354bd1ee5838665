import { RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as z from 'zod/mini';
import { type Domain, domainContext, readDomain } from './domain.ts';
import { type Rates, rates } from './rates.ts';

/** A limit of API Gateway: the rate in requests per second, and the size of the token bucket. */
interface Throttle {
  readonly rateLimit: number;
  readonly burstLimit: number;
}

/** The settings that differ between deployments. */
export interface Settings {
  /** The name of the stage: `dev`, `prod`, or one of them with a suffix, such as `dev-ann`. */
  readonly stage: string;
  /** Whether packages with machine code are those for Lambda, or those of this machine, where the local stack runs the app. */
  readonly packages: 'lambda' | 'machine';
  /**
   * Which set of tables is in use. Each restore from a backup makes another set, and names it by its time. It is also the epoch of all
   * conversations (decision 0123), so a name must never be used for two sets.
   */
  readonly generation: string;
  /**
   * If it is given, the service is shut: all calls, frames and connects are refused with `maintenance`, and clients try again after
   * this time or up to twice as long.
   */
  readonly maintenanceSeconds?: number | undefined;
  /** The set of tables in use, if it was restored from a backup. */
  readonly restored?: Restored | undefined;
  /**
   * What happens to data (tables, secrets, files, logs) that is removed from the stack. A creation that fails never leaves data
   * behind.
   */
  readonly dataRemoval: RemovalPolicy.DESTROY | RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;
  readonly logRetention: RetentionDays;
  /**
   * The requests per second that API Gateway takes from this stage: the quota of the account and region, which is 10 000, and 2 500 in
   * some regions ("Amazon API Gateway quotas"), or a part of it if others use the account, too. Posts to rooms of more than 500 members
   * take 70 % of it at most, and the number of posters follows from it.
   */
  readonly requestsPerSecond: number;
  /**
   * The most units per second of each table. DynamoDB throttles what is above it, more or less ("DynamoDB maximum throughput for on-demand
   * tables"), so a loop that nobody notices has a price: 1 000 write units are $2.25 an hour and 6 000 read units $2.70. Without it the
   * quota of a table is the only bound, 40 000 of each.
   */
  readonly tableMaximum?: { readonly readUnits: number; readonly writeUnits: number };
  readonly webSocketThrottle: Throttle;
  readonly httpThrottle: Throttle;
  /**
   * Whether API Gateway writes a line per request of the HTTP API, and per frame of the WebSocket API, into a log group. Lines of
   * 300 bytes cost $0.15 per million (us-east-1, $0.50 per GB: "Amazon CloudWatch Pricing", November 2026). Those of the socket need
   * a role in the settings of the account and region, which `npm run preflight` looks for ("Set up CloudWatch logging for
   * WebSocket APIs in API Gateway").
   */
  readonly accessLogs: { readonly http: boolean; readonly socket: boolean };
  /**
   * Whether AWS Backup copies all tables once a week, and keeps the copies for 90 days. Each copy is a whole one, so 1 GB of data
   * costs about $1.30 a month (13 copies at $0.10 per GB: "AWS Backup Pricing", November 2026). Every second of the last 35 days can
   * be restored without it.
   */
  readonly backups: boolean;
  /**
   * Whether new code of the hot functions gets a tenth of the events for 5 minutes first, and the former code comes back if an alarm
   * is raised meanwhile (`capabilities/releases.ts`). A deploy then takes those minutes longer.
   */
  readonly canary: boolean;
  /**
   * The CloudWatch dashboards: `one` with the parts below each other, `three` (that one, cost, and STORM DAY), or one for `each` part.
   * Three of an account cost nothing while each shows 50 metrics at most, and further ones $3 a month ("Amazon CloudWatch Pricing",
   * November 2026; decision 0127).
   */
  readonly dashboards: 'one' | 'three' | 'each';
  /**
   * Whether only dead letters raise alarms, or all alarms of `lib/alarms/catalogue.ts` are there, which cost about $5 a month more
   * (decision 0130).
   */
  readonly alarms: 'dead-letters' | 'all';
  /** What an hour may cost, in US dollars, before an alarm is raised: frames, open sockets, requests and writes at list prices. */
  readonly spendPerHour: number;
  /**
   * Whether both APIs take only a tenth of their requests while an hour costs more than `spendPerHour`. It needs `alarms: 'all'`. Who can
   * make the stage spend that much can then make it slow for everybody, so it is for stages for which a bill is worse than that.
   */
  readonly brake: boolean;
  /**
   * Whether the stage has templates for experiments of AWS FIS (docs/storm-day.md), and in some functions the extension that they need,
   * which makes their cold starts longer. The stage then has all alarms, by which a drill is seen and ended.
   */
  readonly drills: boolean;
  /**
   * What the account may cost in a month, in US dollars. `alertEmail` gets a mail at 50, 75 and 90 % of it, and when all of it is
   * forecast; without an address there is no budget.
   */
  readonly monthlyBudget: number;
  /**
   * The ARN of the account's monitor of AWS Cost Anomaly Detection, of which `alertEmail` is told once a day what is unusual. AWS made
   * one (`Default-Services-Monitor`) in accounts that are new enough, and an account can have only one of its kind.
   */
  readonly anomalyMonitorArn?: string | undefined;
  /** The limits of what a user may do. Above them they get `rate_limited`, and the time to wait. */
  readonly rates: Rates;
  /**
   * The reserved concurrency of the function `accounts`, so that hashing passwords can't use up the region's concurrency. By
   * default there is none. AWS keeps 100 unreserved, and a new account has only 10, so the deployment would fail there ("Lambda
   * quotas").
   */
  readonly accountsConcurrency?: number | undefined;
  /**
   * To rotate the signing keys, increase this by one and deploy. Wait 10 minutes, the lifetime of an access token, before the
   * next rotation.
   */
  readonly signingKeyRotation: number;
  /** The names under a domain of one's own. Without it AWS gives the names. */
  readonly domain?: Domain | undefined;
  /**
   * Whether web requests and new sockets go through a web ACL of AWS WAF with limits per address: one that this stack creates, which
   * needs us-east-1, or a given one. It costs about $7 a month and $0.60 per million requests ("AWS WAF Pricing", November 2026).
   * Decision 0100 says what it protects.
   */
  readonly firewall?: 'own' | { readonly webAclArn: string } | undefined;
  /** The e-mail address that gets the alarms. */
  readonly alertEmail?: string | undefined;
  /**
   * The secret of Secrets Manager with the addresses of webhooks that get the alarms, as `{"slack": "https://…", "discord": "https://…"}`.
   * One of them is enough. Without it nothing is posted.
   */
  readonly alertWebhooksArn?: string | undefined;
  /**
   * The sender of mails, an address or domain of which SES has verified that it is yours. Without it there are no mails: nobody can
   * reset a password or change their address.
   */
  readonly mailFrom?: string | undefined;
  /**
   * Whether people have to verify their e-mail addresses. `required`: who hasn't may manage their account and do nothing else.
   * `optional`: they get a mail when they register. `off`: they get none. It is `optional` unless given, and `off` without mails.
   */
  readonly verifiedEmail: 'required' | 'optional' | 'off';
  /**
   * The hosts of push services to which notifications may be posted: names, or `*.` and a name for all names below it. Without it all
   * public hosts are allowed, since only a browser knows its push service.
   */
  readonly pushHosts?: readonly string[] | undefined;
  /** The ARNs of platform applications of SNS. Mobile apps get notifications only if they are given. */
  readonly fcmApplicationArn?: string | undefined;
  readonly apnsApplicationArn?: string | undefined;
}

const tableAttributes = z.object({ tableArn: z.string(), tableStreamArn: z.optional(z.string()) });

/** The set of tables that a restore made, by the ids of `lib/constructs/tables.ts`. */
const Restored = z.object({
  generation: z.string().check(z.regex(/^[a-z0-9]{1,20}$/)),
  tables: z.record(z.string(), tableAttributes),
});
type Restored = z.infer<typeof Restored>;

/** The file `restored.json`, which `npm run restore` writes: the restored tables in use by the name of the stage. */
const RestoredStages = z.record(z.string(), Restored);

type Given =
  | 'stage'
  | 'packages'
  | 'generation'
  | 'maintenanceSeconds'
  | 'restored'
  | 'domain'
  | 'firewall'
  | 'requestsPerSecond'
  | 'accountsConcurrency'
  | 'alertEmail'
  | 'brake'
  | 'drills'
  | 'anomalyMonitorArn'
  | 'alertWebhooksArn'
  | 'mailFrom'
  | 'verifiedEmail'
  | 'pushHosts'
  | 'fcmApplicationArn'
  | 'apnsApplicationArn';
type Stage = Omit<Settings, Given>;

const stages = {
  dev: {
    dataRemoval: RemovalPolicy.DESTROY,
    logRetention: RetentionDays.ONE_WEEK,
    tableMaximum: { readUnits: 6_000, writeUnits: 1_000 },
    webSocketThrottle: { rateLimit: 1_000, burstLimit: 2_000 },
    httpThrottle: { rateLimit: 500, burstLimit: 1_000 },
    accessLogs: { http: false, socket: false },
    backups: false,
    canary: false,
    dashboards: 'one',
    alarms: 'dead-letters',
    spendPerHour: 1,
    monthlyBudget: 10,
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
    accessLogs: { http: true, socket: false },
    backups: true,
    canary: true,
    dashboards: 'three',
    alarms: 'all',
    spendPerHour: 10,
    monthlyBudget: 100,
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

/** The local stack catches all mails, so it may have any sender. */
const localMailFrom = 'storm@chat.example';

/** A host name in lower case, or `*.` and one. */
const hostPattern = String.raw`(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)+`;

const Context = z.object({
  /** Set by the local stack when it synthesizes the app. */
  'cdk-local-stack': z._default(z.boolean(), false),
  stage: z._default(
    z.string().check(z.regex(/^(?:dev|prod)(?:-[a-z0-9]{1,20})?$/, 'must be dev or prod, or begin with dev- or prod-')),
    'dev',
  ),
  generation: z._default(z.string().check(z.regex(/^[a-z0-9]{1,20}$/, 'must be 1 to 20 of a-z and 0-9')), '1'),
  maintenanceSeconds: z.optional(z.coerce.number().check(z.int(), z.gte(1), z.lte(86_400))),
  dashboards: z.optional(z.enum(['one', 'three', 'each'])),
  requestsPerSecond: z._default(z.coerce.number().check(z.int(), z.gte(1_000)), 10_000),
  accountsConcurrency: z.optional(z.coerce.number().check(z.int(), z.gte(1))),
  ...domainContext,
  firewall: z.optional(z.literal(['true', true], 'must be true')),
  webAclArn: z.optional(
    z
      .string()
      .check(
        z.regex(
          /^arn:aws[\w-]*:wafv2:us-east-1:\d{12}:global\/webacl\/[\w-]+\/[\w-]+$/,
          'must be the ARN of a web ACL for CloudFront, which is in us-east-1',
        ),
      ),
  ),
  alertEmail: z.optional(z.email('must be an e-mail address')),
  brake: z.optional(z.literal(['true', true], 'must be true')),
  drills: z.optional(z.literal(['true', true], 'must be true')),
  monthlyBudget: z.optional(z.coerce.number().check(z.positive('must be more than 0'))),
  anomalyMonitorArn: z.optional(
    z
      .string()
      .check(
        z.regex(
          /^arn:aws[\w-]*:ce::\d{12}:anomalymonitor\/[\w-]+$/,
          'must be the ARN of a monitor of Cost Anomaly Detection',
        ),
      ),
  ),
  alertWebhooksArn: z.optional(
    z
      .string()
      .check(z.regex(/^arn:aws[\w-]*:secretsmanager:[\w-]+:\d{12}:secret:[\w/+=.@-]+$/, 'must be the ARN of a secret')),
  ),
  mailFrom: z.optional(z.email('must be an e-mail address')),
  verifiedEmail: z.optional(z.enum(['required', 'optional', 'off'])),
  pushHosts: z.optional(
    z
      .string()
      .check(
        z.regex(
          new RegExp(`^${hostPattern}(?:,${hostPattern})*$`),
          'must be names of hosts in lower case, separated by commas, such as fcm.googleapis.com,*.push.apple.com',
        ),
      ),
  ),
  fcmApplicationArn: z.optional(applicationArn('GCM')),
  apnsApplicationArn: z.optional(applicationArn('APNS(?:_SANDBOX)?')),
});

/**
 * Reads the settings of a deployment from the context, such as `-c stage=prod`. The default stage is `dev`. `region` is that of the
 * deployment, if it is known, and `restoredStages` the contents of `restored.json`. The local stack has neither a domain nor a firewall. Throws if a value isn't allowed.
 */
export function readSettings(
  context: (key: string) => unknown,
  region?: string,
  restoredStages: unknown = {},
): Settings {
  const given = Context.safeParse(Object.fromEntries(Object.keys(Context.shape).map((key) => [key, context(key)])));
  if (!given.success) throw new Error(`The context (-c key=value) is not right.\n${z.prettifyError(given.error)}`);
  const { stage, 'cdk-local-stack': runsLocally, accountsConcurrency, alertEmail } = given.data;
  const { fcmApplicationArn, apnsApplicationArn } = given.data;
  const restored = RestoredStages.parse(restoredStages)[stage];
  const { monthlyBudget, anomalyMonitorArn } = given.data;
  if (alertEmail === undefined && (monthlyBudget ?? anomalyMonitorArn) !== undefined)
    throw new Error('monthlyBudget and anomalyMonitorArn need an address to write to: give it, -c alertEmail=…');
  const kind = stages[stage.startsWith('prod') ? 'prod' : 'dev'];
  if (given.data.brake && kind.alarms !== 'all')
    throw new Error('brake needs the alarms of prod: without the alarm SpendHigh nothing would pull it.');
  const mailFrom = given.data.mailFrom ?? (runsLocally ? localMailFrom : undefined);
  const verifiedEmail = given.data.verifiedEmail ?? (mailFrom === undefined ? 'off' : 'optional');
  if (verifiedEmail !== 'off' && mailFrom === undefined)
    throw new Error('verifiedEmail needs mails: give their sender, -c mailFrom=…');
  return {
    stage,
    packages: runsLocally ? 'machine' : 'lambda',
    generation: restored?.generation ?? '1',
    restored,
    maintenanceSeconds: given.data.maintenanceSeconds,
    domain: runsLocally ? undefined : readDomain(given.data, region),
    firewall: runsLocally ? undefined : readFirewall(given.data, region),
    ...kind,
    ...(given.data.dashboards && { dashboards: given.data.dashboards }),
    // They cost nothing on a laptop.
    ...((runsLocally || given.data.drills) && { alarms: 'all' as const }),
    ...(monthlyBudget !== undefined && { monthlyBudget }),
    requestsPerSecond: given.data.requestsPerSecond,
    accountsConcurrency,
    alertEmail,
    brake: given.data.brake !== undefined && !runsLocally,
    drills: given.data.drills !== undefined && !runsLocally,
    anomalyMonitorArn,
    alertWebhooksArn: given.data.alertWebhooksArn,
    mailFrom,
    verifiedEmail,
    pushHosts: given.data.pushHosts?.split(','),
    fcmApplicationArn,
    apnsApplicationArn,
  };
}

function readFirewall(
  { firewall, webAclArn }: z.output<typeof Context>,
  region: string | undefined,
): Settings['firewall'] {
  if (webAclArn !== undefined) {
    if (firewall) throw new Error('firewall makes a web ACL, and webAclArn names one: give only one of them.');
    return { webAclArn };
  }
  if (!firewall) return undefined;
  if (region !== undefined && region !== 'us-east-1')
    throw new Error(
      `CloudFront takes web ACLs of us-east-1 only, and this stack is in ${region}. Create one there, and give its ARN as webAclArn.`,
    );
  return 'own';
}
