/**
 * What AWS charges in us-east-1 without any free tier, in US dollars, as of 28 November 2026. Each price is from the pricing page that
 * is named. The cost dashboard, `npm run capacity` and the table of what costs money when idle reckon with it; other regions are up to a
 * third dearer. AWS's pages and price list couldn't be opened from where this was written: the prices are those that public copies of
 * these pages and articles of 2026 about them agree on, so compare them with the pages before you rely on them.
 */
export const prices = {
  /** "Amazon API Gateway pricing": WebSocket messages of 32 KB, up to a billion a month, frames to clients included. */
  webSocketMessage: 1.0e-6,
  /** "Amazon API Gateway pricing": a minute of one open socket. */
  connectionMinute: 0.25e-6,
  /** "Amazon API Gateway pricing": requests of an HTTP API, up to 300 million a month. */
  httpRequest: 1.0e-6,
  /** "AWS Lambda Pricing": a request. */
  lambdaRequest: 0.2e-6,
  /** "AWS Lambda Pricing": a second with 1 GB of memory, on arm64. */
  lambdaGbSecond: 0.0000133334,
  /** "Amazon DynamoDB pricing for on-demand capacity": a write request unit. */
  writeUnit: 0.625e-6,
  /** "Amazon DynamoDB pricing for on-demand capacity": a read request unit. */
  readUnit: 0.125e-6,
  /** "Amazon CloudWatch Pricing": a GB of log lines. */
  logGb: 0.5,
  /** "Amazon DynamoDB pricing for on-demand capacity": a GB of data a month, in the class Standard. */
  tableGbMonth: 0.25,
  /** "Amazon DynamoDB pricing for on-demand capacity": a GB a month that can be restored to any second (PITR). */
  restorableGbMonth: 0.2,
  /** "AWS Secrets Manager Pricing": a secret a month. */
  secretMonth: 0.4,
  /** "Amazon CloudWatch Pricing": a metric that an alarm watches, a month, at standard resolution. */
  alarmMetricMonth: 0.1,
  /** "Amazon CloudWatch Pricing": an alarm that is made of other alarms, a month. */
  compositeAlarmMonth: 0.5,
  /** "Amazon CloudWatch Pricing": one metric of our own, a month. It counts only in the hours in which it has values. */
  metricMonth: 0.3,
  /** "Amazon CloudWatch Pricing": a dashboard a month. */
  dashboardMonth: 3,
  /** "Amazon SQS pricing": a request to a standard queue. */
  queueRequest: 0.4e-6,
  /** "Amazon S3 pricing": storing and reading an object. */
  s3Put: 5e-6,
  s3Get: 0.4e-6,
  /** "Amazon CloudFront Pricing": an HTTPS request of a viewer in North America. */
  cdnRequest: 1e-6,
  /** "AWS WAF Pricing": a web ACL, and a rule in one, a month. */
  webAclMonth: 5,
  webAclRuleMonth: 1,
  /** "AWS Fargate Pricing": an hour of a vCPU, and of a GB of memory, of a task on Linux and x86. */
  fargateVcpuHour: 0.04048,
  fargateGbHour: 0.004445,
  /** "Amazon VPC Pricing": an hour of a public IPv4 address. */
  publicIpHour: 0.005,
} as const;

/** What AWS gives an account for nothing each month, for ever ("always free"). Stages in one account share it. */
export const alwaysFree = {
  /** "Amazon CloudWatch Pricing": alarm metrics, metrics of our own, and dashboards with at most 50 metrics. */
  alarmMetrics: 10,
  metrics: 10,
  dashboards: 3,
  /** "Amazon SQS pricing": requests. */
  queueRequests: 1e6,
  /** "AWS Lambda Pricing": requests, and seconds with 1 GB of memory. */
  lambdaRequests: 1e6,
  lambdaGbSeconds: 400_000,
  /** "Amazon CloudWatch Pricing": GB of log lines. */
  logGb: 5,
  /** "Amazon CloudFront Pricing": HTTPS requests. */
  cdnRequests: 10e6,
} as const;

/** A price that falls with the amount in a month: each tier is the price of a unit up to that amount, the last one without an end. */
export type Tiers = readonly { readonly upTo: number; readonly price: number }[];

/** Volume discounts of AWS in a month, in us-east-1, as of 28 November 2026. The first tier is the price above. */
export const volumePrices = {
  /** "Amazon API Gateway pricing": WebSocket messages. */
  webSocketMessages: [
    { upTo: 1e9, price: prices.webSocketMessage },
    { upTo: Number.POSITIVE_INFINITY, price: 0.8e-6 },
  ],
  /** "Amazon API Gateway pricing": requests of HTTP APIs. */
  httpRequests: [
    { upTo: 300e6, price: prices.httpRequest },
    { upTo: Number.POSITIVE_INFINITY, price: 0.9e-6 },
  ],
  /** "AWS Lambda Pricing": GB-seconds on arm64. */
  lambdaGbSeconds: [
    { upTo: 7.5e9, price: prices.lambdaGbSecond },
    { upTo: 18.75e9, price: 0.0000120001 },
    { upTo: Number.POSITIVE_INFINITY, price: 0.0000106667 },
  ],
  /** "Amazon EC2 On-Demand Pricing", data transfer: GB to the internet. API Gateway and AppSync charge the same. */
  transferGb: [
    { upTo: 10_240, price: 0.09 },
    { upTo: 51_200, price: 0.085 },
    { upTo: 153_600, price: 0.07 },
    { upTo: Number.POSITIVE_INFINITY, price: 0.05 },
  ],
} as const satisfies Record<string, Tiers>;

/** What others charge, in US dollars, as of 28 November 2026, where no other date is given. */
export const otherPrices = {
  appSyncEvents: {
    /** AWS price list, "AWSAppSync", `EventAPI-Operation`, in a public copy: each message of 5 KB in or out, and each run of a handler. */
    operation: 1.0e-6,
    /** "AWS AppSync pricing", for GraphQL; the same for Events could not be looked up: a minute of one open socket. */
    connectionMinute: 0.08e-6,
  },
  ably: {
    /** Ably docs, "Resource-based pricing": the package Pro, a month. Accounts that are opened now pay by monthly active users, a price that we couldn't look up. */
    package: 399,
    /** "Ably plans pricing" of API Evangelist, 8 May 2026: without volume discounts, which go down to $0.20 a million minutes. */
    message: 2.5e-6,
    connectionMinute: 1.0e-6,
    channelMinute: 1.0e-6,
  },
  selfHosted: {
    /** "Amazon EC2 On-Demand Pricing": an hour of m7g.large, 2 cores and 8 GB (as told by an article of June 2026). */
    serverHour: 0.0816,
    /** "Elastic Load Balancing pricing" from memory, not looked up: an hour of an Application Load Balancer, and of one of its capacity units (LCU). */
    balancerHour: 0.0225,
    balancerUnitHour: 0.008,
    /** "Amazon EBS pricing" from memory, not looked up: a GB of gp3 a month. */
    diskGbMonth: 0.08,
  },
} as const;
