/** What a service is called elsewhere, and how it refuses. */
interface About {
  /** Its name in signatures. */
  readonly signing: string;
  /** The status and code of its error above a rate. */
  readonly throttled: readonly [status: number, code: string];
  /** The first part of the header `X-Amz-Target`, in AWS's JSON protocol. */
  readonly target?: string | undefined;
  /** Other names than that in signatures that it has in hosts, such as `streams.dynamodb.us-east-1.amazonaws.com`. */
  readonly hosts: readonly string[];
}

function about(signing: string, throttled: About['throttled'], target?: string, ...hosts: string[]): About {
  return { signing, throttled, target, hosts };
}

/**
 * The AWS services that functions reach through `AWS_ENDPOINT_URL_<SERVICE>`. Their errors above a rate are those of "Error handling
 * with DynamoDB", "Error responses" in the S3 API reference, and of `SendMessage`, `Publish`, `SendEmail`, `Invoke` and `PostToConnection`.
 */
export const services = {
  DYNAMODB: about('dynamodb', [400, 'ThrottlingException'], 'DynamoDB_20120810', 'ddb'),
  DYNAMODB_STREAMS: about('dynamodb', [400, 'LimitExceededException'], 'DynamoDBStreams_20120810', 'streams.dynamodb'),
  EVENTBRIDGE: about('events', [400, 'ThrottlingException'], 'AWSEvents'),
  S3: about('s3', [503, 'SlowDown']),
  SNS: about('sns', [429, 'Throttled']),
  SQS: about('sqs', [400, 'RequestThrottled'], 'AmazonSQS'),
  SECRETS_MANAGER: about('secretsmanager', [400, 'ThrottlingException'], 'secretsmanager'),
  SESV2: about('ses', [429, 'TooManyRequestsException'], undefined, 'email'),
  SSM: about('ssm', [400, 'ThrottlingException'], 'AmazonSSM'),
  LAMBDA: about('lambda', [429, 'TooManyRequestsException']),
  APIGATEWAYMANAGEMENTAPI: about('execute-api', [429, 'LimitExceededException']),
};
export type ServiceName = keyof typeof services;

const entries = Object.entries(services) as [ServiceName, About][];

/** The service with a name in signatures or hosts. */
export const serviceCalled = (name: string): ServiceName | undefined =>
  entries.find(([, { signing, hosts }]) => signing === name || hosts.includes(name))?.[0];

/** The service with a first part of the header `X-Amz-Target`. */
export const serviceOfTarget = (target: string): ServiceName | undefined =>
  entries.find(([, about]) => about.target === target)?.[0];

/** All names of services in hosts. */
export const hostLabels: readonly string[] = entries.flatMap(([, { signing, hosts }]) => [signing, ...hosts]);
