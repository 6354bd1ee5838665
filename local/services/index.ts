import { join } from 'node:path';
import { putUnits, reads } from '../cloudwatch/dynamodb.ts';
import { lambdaApi } from '../functions/lambda-api.ts';
import type { ResourceHandler, ServiceName, World } from '../types.ts';
import { callService } from './call.ts';
import { keepItems } from './dynamodb/dynoxide.ts';
import { createGuard } from './dynamodb/guard/guard.ts';
import { proxied } from './dynamodb/guard/proxy.ts';
import { createPointInTime } from './dynamodb/point-in-time.ts';
import { startDynamoDb } from './dynamodb/server.ts';
import { tables } from './dynamodb/tables.ts';
import { buses, startEventBridge } from './events/index.ts';
import { type HttpService, serveHttp } from './http-service.ts';
import { buckets, startS3 } from './s3/index.ts';
import { secrets, startSecretsManager } from './secrets/index.ts';
import { startSes } from './ses/index.ts';
import { assertSigned } from './signed.ts';
import { startSns, topics } from './sns/index.ts';
import { queues, startSqs } from './sqs/index.ts';
import { parameters, startSsm } from './ssm/index.ts';

export const handlers: readonly ResourceHandler[] = [
  ...tables,
  queues,
  secrets,
  parameters,
  ...topics,
  buses,
  ...buckets,
];

type Start = (world: World) => Promise<HttpService>;

const starters: Readonly<Partial<Record<ServiceName, Start>>> = {
  DYNAMODB: startGuardedDynamoDb,
  EVENTBRIDGE: startEventBridge,
  S3: startS3,
  SQS: startSqs,
  SNS: startSns,
  SECRETS_MANAGER: startSecretsManager,
  LAMBDA: (world) => serveHttp(lambdaApi(world.functions, world), { service: 'LAMBDA', faults: world.faults }),
  SESV2: startSes,
  SSM: startSsm,
};

async function startGuardedDynamoDb(world: World): Promise<HttpService> {
  const file = join(world.dataDir, 'dynamodb.sqlite');
  const server = await startDynamoDb({ file, log: world.log });
  world.whenKeeping(() => {
    const items = keepItems(file);
    world.whenStopping(async () => items.close());
    return items.restore;
  });
  const writes = Object.assign(world.writes, { count: 0 });
  const direct = { ...world, endpoint: async () => server.endpoint };
  return proxied(server, {
    check: createGuard(server.endpoint),
    admit: (request) => assertSigned(request, request.body, world, 'dynamodb'),
    observe(request, answer) {
      // A call of DynamoDB Streams has no name here.
      if (request.operation && !reads.includes(request.operation)) writes.count += 1;
      putUnits(world.figures, request, answer);
    },
    faults: world.faults,
    doomed: (port) => world.functions.doomed(port),
    serve: createPointInTime(file, (operation, input) => callService(direct, `DynamoDB_20120810.${operation}`, input)),
  });
}

/** Starts a service of a stack and returns its base URL. `world.endpoint` calls it once for each service. */
export async function startService(name: ServiceName, world: World): Promise<string> {
  // One server serves both, but the SDKs have a separate endpoint for DynamoDB Streams.
  if (name === 'DYNAMODB_STREAMS') return world.endpoint('DYNAMODB');
  const given = name === 'DYNAMODB' ? process.env['AWS_ENDPOINT_URL_DYNAMODB'] : undefined;
  if (given) return given.replace(/\/$/, '');
  const starter = starters[name];
  if (!starter) throw new Error(`${name} is not one of the local services`);
  const service = await starter(world);
  world.whenStopping(() => service.stop());
  return service.endpoint;
}
