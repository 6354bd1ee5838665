interface Definition {
  /**
   * `count`: values are added up, so `Sum` is the number of things. `measure`: each value is one measurement, so percentiles, averages
   * and `SampleCount` have a meaning. `gauge`: a level, measured once a minute, so `Average` and `Maximum` have a meaning.
   */
  readonly kind: 'count' | 'measure' | 'gauge';
  readonly unit: 'Count' | 'Milliseconds';
  /** What it says, in one sentence. */
  readonly about: string;
}

/** The CloudWatch namespace of all metrics of our own. Their only dimension is `service`, the name of the stack. */
export const namespace = 'Storm';

/**
 * All metrics of our own. Functions can write no others, and dashboards, alarms and `docs/metrics.md` take them from here. Each costs
 * $0.30 for a month in which it is written in each hour ("Amazon CloudWatch Pricing", November 2026), so there are at most 25
 * (decision 0126).
 */
export const metrics = {
  SocketsOpen: {
    kind: 'gauge',
    unit: 'Count',
    about:
      'Open sockets, by the rows of the table Connections. Above 1 MB of rows it is an estimate from a part of them.',
  },
  Connects: { kind: 'count', unit: 'Count', about: 'Sockets that were opened.' },
  ConnectsRefused: {
    kind: 'count',
    unit: 'Count',
    about: 'Sockets that were refused, by the authorizer or afterwards. The property `reason` of the line says why.',
  },
  MessagesAccepted: {
    kind: 'count',
    unit: 'Count',
    about: 'Messages that were acknowledged. One that its sender repeats counts again.',
  },
  Posts: {
    kind: 'count',
    unit: 'Count',
    about:
      "Requests that post a frame to a socket, repeated ones included. They share the account's requests per second with all other calls of API Gateway.",
  },
  FramesDelivered: { kind: 'count', unit: 'Count', about: 'Frames that API Gateway delivered to a socket.' },
  FramesUndelivered: {
    kind: 'count',
    unit: 'Count',
    about:
      'Frames that a socket which is there could not get now. Those of changes are tried again later, from the queue Deliveries. What a room writes beyond its posts is left out, and clients fetch it.',
  },
  FanoutSockets: { kind: 'measure', unit: 'Count', about: 'Sockets to which one delivery went.' },
  FanoutTime: {
    kind: 'measure',
    unit: 'Milliseconds',
    about:
      'The time that a function took for the posts of one delivery, without those that it left to the queue. Of rooms that post in turns, the time of a round through all members.',
  },
  DeliveryTime: {
    kind: 'measure',
    unit: 'Milliseconds',
    about:
      'The time from the acceptance of a message to the end of its posts, one value for each function that posts it, but for rooms that post in turns. It has no network of the sender or the recipients.',
  },
  StreamLag: {
    kind: 'measure',
    unit: 'Milliseconds',
    about:
      "The age of a batch's oldest record when its function begins. DynamoDB tells it in whole seconds, and some batches are gathered for a second.",
  },
  Retries: {
    kind: 'count',
    unit: 'Count',
    about:
      'Work that had to be done again: repeated posts, repeated calls to DynamoDB and queues, messages given back to a queue, batches given back to a stream.',
  },
  RecentHits: {
    kind: 'count',
    unit: 'Count',
    about: 'Reads of the newest messages of a conversation that the memory of the function answered.',
  },
  RecentMisses: { kind: 'count', unit: 'Count', about: 'Such reads that the table had to answer.' },
  MediaReady: { kind: 'count', unit: 'Count', about: 'Uploads that were inspected and accepted.' },
  MediaRejected: { kind: 'count', unit: 'Count', about: 'Uploads that were rejected. A line of the log says why.' },
  PushesSent: {
    kind: 'count',
    unit: 'Count',
    about: 'Notifications, and pushes that take them back, that a push service took.',
  },
  PushesFailed: {
    kind: 'count',
    unit: 'Count',
    about: 'Notifications that a push service did not take. A line of the log says why.',
  },
  Searches: { kind: 'count', unit: 'Count', about: 'Searches that were answered.' },
  RateLimited: {
    kind: 'count',
    unit: 'Count',
    about: 'Frames and requests that were refused because somebody sent too many.',
  },
  InternalErrors: {
    kind: 'count',
    unit: 'Count',
    about: 'Requests and frames that were answered with `internal`, because something failed that nobody expected.',
  },
  LoginsFailed: { kind: 'count', unit: 'Count', about: 'Attempts to log in with a wrong name or password.' },
  LoginsRefused: {
    kind: 'count',
    unit: 'Count',
    about: 'Attempts to log in that were refused, because too many had failed before.',
  },
  TokensReused: { kind: 'count', unit: 'Count', about: 'Spent refresh tokens that came back.' },
  SecurityRefusals: {
    kind: 'count',
    unit: 'Count',
    about:
      'All other security events that are failures or refusals: of routes and actions, registrations and confirmations, and sockets that were closed.',
  },
} as const satisfies Readonly<Record<string, Definition>>;

export type MetricName = keyof typeof metrics;

/** The names of a kind. */
export type MetricOf<Kind extends Definition['kind']> = {
  [Name in MetricName]: (typeof metrics)[Name]['kind'] extends Kind ? Name : never;
}[MetricName];
