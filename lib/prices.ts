/**
 * What AWS charges in us-east-1 without any free tier, in US dollars, as of 28 November 2026. Each price is from the pricing page that
 * is named. The cost dashboard reckons with it, and so should whatever else tells costs; other regions are up to a third dearer.
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
} as const;
