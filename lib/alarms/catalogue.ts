/** What an alarm tells whoever gets it, in the order in which they ask. Its metric and its threshold are in `capabilities/alarms.ts`. */
interface Entry {
  /**
   * `down`: people can't use the chat, so it wakes someone. `degraded`: people notice that it is worse than it should be, so it is for
   * working hours. `task`: there is work to do, and few people or none notice.
   */
  readonly level: 'down' | 'degraded' | 'task';
  /** What it means for users. */
  readonly means: string;
  /** The first thing to do. */
  readonly first: string;
  /** The section of `docs/runbooks.md`. */
  readonly runbook: Runbook;
}

/** The sections of `docs/runbooks.md`, by their anchors. */
export const runbooks = [
  'down',
  'failing',
  'slow',
  'behind',
  'throttled',
  'full',
  'dead-letters',
  'records-given-up',
  'attacked',
  'expensive',
] as const;
type Runbook = (typeof runbooks)[number];

const moveBack = 'Mend the cause, which the log of the function has, and move the messages back.';

/** All alarms of a stack. A work queue has the alarm `<id>Dead`. A test compares them with the template and with `docs/runbooks.md`. */
export const catalogue = {
  Down: {
    level: 'down',
    means: 'People can not use the chat, or many of their requests fail.',
    first: 'See which alarms it consists of, and whether a release is taking over.',
    runbook: 'down',
  },
  Degraded: {
    level: 'degraded',
    means: 'The chat works, and people notice that it is slow or that something fails.',
    first: 'See which alarms it consists of. Each has a message of its own.',
    runbook: 'down',
  },
  ServiceDown: {
    level: 'down',
    means:
      'For three minutes the probe could not connect, send a message to itself, receive it and catch up, as people do. Or it did not run.',
    first: 'Read in the log of probe at what it failed. If it has no line, see whether its schedule runs.',
    runbook: 'down',
  },
  HotFunctionsFail: {
    level: 'degraded',
    means: 'Functions through which the messages of everybody pass crash, or requests are answered with `internal`.',
    first: 'If a release is taking over, CodeDeploy brings its former code back by itself. Otherwise ask what-failed.',
    runbook: 'failing',
  },
  Errors: {
    level: 'degraded',
    means: 'More than 1 % of requests and messages fail. Clients try messages again, and people see errors elsewhere.',
    first: 'Ask what-failed, and compare the time with the last deploy.',
    runbook: 'failing',
  },
  DeliverySlow: {
    level: 'degraded',
    means: 'One message in twenty takes more than 500 ms from its acceptance to its delivery.',
    first: 'See requests against the quota, throttles, and the latency of the tables on the dashboard.',
    runbook: 'slow',
  },
  HttpSlow: {
    level: 'degraded',
    means: 'One request in twenty takes more than 500 ms: logins, lists and searches are slow.',
    first: 'See the latency of the tables and the durations of the functions on the dashboard.',
    runbook: 'slow',
  },
  StreamLag: {
    level: 'degraded',
    means: 'Large rooms, receipts, presence and notifications are more than 10 seconds late.',
    first: 'Ask what-failed: a reader of a stream fails again and again, or is throttled.',
    runbook: 'behind',
  },
  FunctionsThrottled: {
    level: 'degraded',
    means: 'Lambda refuses to run functions of this account, so requests fail or wait.',
    first: 'See which function uses the concurrency, and ask AWS for more.',
    runbook: 'throttled',
  },
  TablesThrottled: {
    level: 'degraded',
    means: 'DynamoDB refuses reads or writes of messages or sockets. Some people have to try again.',
    first: 'See on the dashboard whether it is one hot partition or the whole table.',
    runbook: 'throttled',
  },
  ConcurrencyNearQuota: {
    level: 'task',
    means: 'Nobody notices yet. Above the concurrency of the account requests fail.',
    first: 'Ask AWS for more in Service Quotas, "Concurrent executions".',
    runbook: 'full',
  },
  RequestsNearQuota: {
    level: 'task',
    means: 'Nobody notices yet. Above the requests per second of the account frames come late and requests fail.',
    first: 'Ask AWS for more in Service Quotas, "Throttle rate" of API Gateway.',
    runbook: 'full',
  },
  ConnectsNearQuota: {
    level: 'task',
    means: 'Nobody notices yet. Above the new sockets per second of the account people can not connect.',
    first: 'Find out why so many connect: an outage that ends, a client that loops, or growth.',
    runbook: 'full',
  },
  DeliveriesDead: {
    level: 'task',
    means: 'Some frames could not be delivered for several minutes. Clients notice what they missed, and catch up.',
    first: 'Find the error in the log of poster. The messages need not be moved back.',
    runbook: 'dead-letters',
  },
  PacedChangesDead: {
    level: 'task',
    means:
      'Some changes of rooms of more than 100 members were not delivered for half a minute or more. Clients notice what they missed, and catch up.',
    first: 'Find the error in the log of paced-fanout. The messages need not be moved back.',
    runbook: 'dead-letters',
  },
  PresenceChangesDead: {
    level: 'task',
    means: 'Some changes of presence or of profiles were not delivered. Clients ask for both again.',
    first: 'Find the error in the log of presence-fanout. The messages need not be moved back.',
    runbook: 'dead-letters',
  },
  PushJobsDead: {
    level: 'task',
    means: 'Some people did not get a notification, even after several tries.',
    first: 'Find the reason in the log of push. Move a job back only if its message is still new.',
    runbook: 'dead-letters',
  },
  IndexJobsDead: {
    level: 'task',
    means:
      'Some segments of the search index could not be built. Searches are slower, and may have words of deleted messages.',
    first: moveBack,
    runbook: 'dead-letters',
  },
  MailsDead: {
    level: 'task',
    means: 'Some people did not get a mail: a link for a new password, an address to verify, or a notice.',
    first:
      'Find the reason in the log of mail. If SES says that an address is not verified, verify the sender (mailFrom), or leave the sandbox of SES. Then move the jobs back.',
    runbook: 'dead-letters',
  },
  UploadsDead: {
    level: 'task',
    means: 'Some uploads stay pending, since the table or the bucket could not be reached, or they have no row.',
    first: `${moveBack} Do it within a day.`,
    runbook: 'dead-letters',
  },
  NoticesDead: {
    level: 'task',
    means: 'Users notice nothing. Alarms did not reach Slack or Discord; mails have told them.',
    first:
      'Find the status in the log of notify. If it is 404, the webhook was deleted: write a new one into the secret.',
    runbook: 'dead-letters',
  },
  BrakeDead: {
    level: 'task',
    means: 'The brake failed: the stage goes on spending, or it stays throttled although an hour is cheap again.',
    first: 'Set the limits by hand, as the runbook says. Find the error in the log of brake, and purge the queue.',
    runbook: 'expensive',
  },
  ErasuresDead: {
    level: 'task',
    means: 'An account could not be erased, which its owner has a right to.',
    first: `${moveBack} The erasure then goes on where it stopped.`,
    runbook: 'dead-letters',
  },
  RecordsDiscarded: {
    level: 'task',
    means:
      'Some changes in large rooms, receipts, notifications or presence were not delivered, some messages can not be searched, or some files were not deleted.',
    first: 'Read in the queue Discarded which function gave up. The stream has the records for 24 hours only.',
    runbook: 'records-given-up',
  },
  TokensReused: {
    level: 'task',
    means:
      'Spent refresh tokens of several logins came back. Those logins are over. Either tokens were copied, or a client does not keep its newest token.',
    first: 'Look at the users, devices and networks of token_reused in the security log.',
    runbook: 'attacked',
  },
  LoginsRefused: {
    level: 'task',
    means:
      'Somebody guesses passwords. The accounts are safe, but some owners may not be able to log in on a new device.',
    first: 'See who guesses, and at whom, in the security log.',
    runbook: 'attacked',
  },
  LoginsFailed: {
    level: 'task',
    means: 'Somebody tries passwords at many accounts, perhaps with lists that were stolen elsewhere.',
    first: 'Compare the networks of login_failed with those of login in the security log.',
    runbook: 'attacked',
  },
  SecurityRefusals: {
    level: 'task',
    means: 'Far more is refused than usual: routes, actions, registrations, or sockets of people who send too much.',
    first: 'See which events and networks they are in the security log.',
    runbook: 'attacked',
  },
  SpendHigh: {
    level: 'task',
    means:
      'Users notice nothing. The last hour cost more than it should, by the numbers of frames, sockets and writes.',
    first: 'See on the dashboard of costs which part grew, and ask who-was-throttled.',
    runbook: 'expensive',
  },
} as const satisfies Readonly<Record<string, Entry>>;

export type AlarmName = keyof typeof catalogue;
export type CompositeName = 'Down' | 'Degraded';

/** The ids for which there is an alarm that ends with a suffix: `Deliveries` for `DeliveriesDead`. */
export type IdBefore<Suffix extends string, Name = AlarmName> = Name extends `${infer Id}${Suffix}` ? Id : never;

/** The text of an alarm. CloudWatch allows 1 024 characters ("PutMetricAlarm"). */
export function describe(name: AlarmName): string {
  const { means, first, runbook }: Entry = catalogue[name];
  return `${means} First: ${first} Runbook: docs/runbooks.md#${runbook}`;
}
