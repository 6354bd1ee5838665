import { createCaller } from './caller.ts';
import { type Access, endpointOf } from './environment.ts';

/** The services that speak AWS's JSON protocol over HTTP, and how their clients address them ("AWS JSON 1.0 protocol", Smithy). */
const services = {
  dynamodb: { variable: 'DYNAMODB', target: 'DynamoDB_20120810', version: '1.0' },
  sqs: { variable: 'SQS', target: 'AmazonSQS', version: '1.0' },
  ssm: { variable: 'SSM', target: 'AmazonSSM', version: '1.1' },
  secretsmanager: { variable: 'SECRETS_MANAGER', target: 'secretsmanager', version: '1.1' },
} as const;

/** Calls an operation with JSON, and returns what the service answers. Rejects with an `AwsError`. */
export type JsonClient = (operation: string, input: object) => Promise<ReturnType<typeof JSON.parse>>;

/** Creates a client of a service, which repeats calls as `createCaller` says. */
export function createJsonClient(service: keyof typeof services, access: Access = {}): JsonClient {
  const { variable, target, version } = services[service];
  const send = createCaller(service, { ...access, endpoint: access.endpoint ?? endpointOf(variable, service) });
  return async (operation, input) => {
    const headers = { 'content-type': `application/x-amz-json-${version}`, 'x-amz-target': `${target}.${operation}` };
    const text = await send('/', { method: 'POST', headers, body: Buffer.from(JSON.stringify(input)) });
    return JSON.parse(text || '{}');
  };
}
