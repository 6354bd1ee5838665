import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import webPush from 'web-push';
import type { Rates } from '#lib/rates.ts';
import { FaultTable } from '#local/faults/table.ts';
import { callService } from '#local/services/call.ts';
import { serveJsonApi } from '#local/services/json-api.ts';
import { serveS3 } from '#local/services/s3/server.ts';
import { ObjectStore } from '#local/services/s3/store.ts';
import { secretsManager } from '#local/services/secrets/manager.ts';
import { startSes } from '#local/services/ses/index.ts';
import { newestMails, removeMails } from '#local/services/ses/mails.ts';
import { queueOperations } from '#local/services/sqs/operations.ts';
import { QueueStore } from '#local/services/sqs/store.ts';
import { parameterOperations } from '#local/services/ssm/operations.ts';
import { ParameterStore } from '#local/services/ssm/store.ts';
import { dataFolder } from '#local/test/helpers/data-folder.ts';
import { createTable } from '#local/test/helpers/dynamodb.ts';
import { type GatewaySpec, startGateway } from '#local/test/helpers/websocket-gateway.ts';
import { access, callerOf } from '#local/test/helpers/world.ts';
import { issuer, pepper, signingKey, startAccountDatabase, tables } from './accounts.ts';
import { messagesTable } from './chat.ts';
import { hideMetrics } from './log.ts';

/**
 * Starts a local DynamoDB, Secrets Manager, SQS, S3, SES, SSM and WebSocket gateway, and says in the environment where they are, since
 * functions read it when they are loaded. They end with this process.
 */
export async function startServices(stageRates: Rates, handlers: NonNullable<GatewaySpec['handlers']>) {
  hideMetrics();
  const folder = dataFolder('accounts-');
  const dynamoDb = await startAccountDatabase(folder);
  const queues = new QueueStore(join(folder, 'sqs.sqlite'), 'arn:aws:sqs:us-east-1:000000000000:');
  const urlOf = (queue: string) => `http://localhost/000000000000/${queue}`;
  const sqs = await serveJsonApi('SQS', queueOperations(queues, '000000000000', urlOf), access);
  for (const QueueName of ['deliveries', 'index', 'presence', 'erasures', 'push', 'mails'])
    await callService(callerOf(sqs.endpoint), 'AmazonSQS.CreateQueue', { QueueName });
  await callService(callerOf(sqs.endpoint), 'AmazonSQS.CreateQueue', {
    QueueName: 'paced.fifo',
    Attributes: { FifoQueue: 'true', ContentBasedDeduplication: 'true' },
  });
  const secrets = await serveJsonApi('SECRETS_MANAGER', secretsManager(join(folder, 'secrets.json'), 'arn:'), access);
  const objects = new ObjectStore(join(folder, 's3'));
  objects.createBucket('journal');
  const s3 = await serveS3({
    ...access,
    store: objects,
    corsRules: () => [],
    isPage: () => true,
    emit: () => {},
    faults: new FaultTable(),
    log: console,
  });
  const ses = await startSes({ ...access, dataDir: folder, faults: new FaultTable() });
  const key = await signingKey('a');
  const edge = randomBytes(32).toString('base64url');
  const secret = JSON.stringify({ rotation: 1, keys: { current: key.secret, next: key.secret }, pepper, edge });
  await callService(callerOf(secrets.endpoint), 'secretsmanager.CreateSecret', { Name: 'auth', SecretString: secret });
  const pushKeys = webPush.generateVAPIDKeys();
  const parameters = new ParameterStore(join(folder, 'parameters.json'));
  const ssm = await serveJsonApi('SSM', parameterOperations(parameters, 'arn:', String), access);
  for (const [Name, Value] of Object.entries({ push: JSON.stringify(pushKeys), 'media-key': rsaKey() }))
    await callService(callerOf(ssm.endpoint), 'AmazonSSM.PutParameter', { Name, Value, Type: 'SecureString' });
  const gateway = await startGateway({
    handlers,
    routes: {
      $connect: { handler: 'connect' },
      $disconnect: { handler: 'disconnect' },
      message: { handler: 'message', returnsResponse: true },
      receipts: { handler: 'receipts' },
      $default: { handler: 'commands', returnsResponse: true },
    },
    authorizer: 'authorizer',
  });
  const [keptQueues, keptObjects] = [queues.keep(), objects.keep()];
  Object.assign(process.env, {
    ALLOWED_ORIGINS: `${issuer},https://other.example`,
    AUTH_SECRET_ARN: 'auth',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.endpoint,
    AWS_ENDPOINT_URL_S3: s3.endpoint,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
    AWS_ENDPOINT_URL_SESV2: ses.endpoint,
    AWS_ENDPOINT_URL_SQS: sqs.endpoint,
    AWS_ENDPOINT_URL_SSM: ssm.endpoint,
    AWS_REGION: 'us-east-1',
    AWS_SECRET_ACCESS_KEY: 'local',
    CONNECTIONS_TABLE: tables.connections,
    FUNCTION: 'test',
    SERVICE: 'storm-test',
    JOURNAL_BUCKET: 'journal',
    MEDIA_BUCKET: 'media',
    MEDIA_KEY_ID: 'K1',
    MEDIA_KEY_PARAMETER: 'media-key',
    MEDIA_TABLE: tables.media,
    MEDIA_URL: 'https://media.example',
    MESSAGES_TABLE: messagesTable.TableName,
    DELIVERIES_QUEUE_URL: `${sqs.endpoint}/000000000000/deliveries`,
    INDEX_JOBS_QUEUE_URL: `${sqs.endpoint}/000000000000/index`,
    PRESENCE_CHANGES_QUEUE_URL: `${sqs.endpoint}/000000000000/presence`,
    MAILS_QUEUE_URL: `${sqs.endpoint}/000000000000/mails`,
    MAIL_FROM: 'storm@chat.example',
    VERIFIED_EMAIL: 'optional',
    ERASURES_QUEUE_URL: `${sqs.endpoint}/000000000000/erasures`,
    PUSH_JOBS_QUEUE_URL: `${sqs.endpoint}/000000000000/push`,
    PACED_CHANGES_QUEUE_URL: `${sqs.endpoint}/000000000000/paced.fifo`,
    REQUESTS_PER_SECOND: '10000',
    PUSH_KEY_PARAMETER: 'push',
    PUSH_PUBLIC_KEY: pushKeys.publicKey,
    PAGE_URL: issuer,
    JWKS: JSON.stringify({ keys: [key.public] }),
    RATES: JSON.stringify(stageRates),
    GENERATION: '1',
    TOKEN_ISSUER: issuer,
    USERS_TABLE: tables.users,
    PRESENCE_SUBSCRIPTIONS_TABLE: tables.presenceSubscriptions,
    VERSION: '1.2.3',
    WEBSOCKET_ENDPOINT: gateway.httpUrl,
  });
  // Vitest ends a worker so, and waits for half a second. DynamoDB ends with the process.
  process.once('SIGTERM', () => {
    for (const each of [folder, gateway.world.dataDir]) rmSync(each, { recursive: true });
    process.exit();
  });
  return {
    dynamoDb,
    queues,
    sqs,
    s3: { endpoint: s3.endpoint, store: objects },
    gateway,
    edge,
    /** The key that signs access tokens, with its id. */
    signingKey: key.secret,
    /** All mails that were sent, newest first. */
    mails: () => newestMails(folder),
    /** Makes everything as it is after a start. */
    async clear(): Promise<void> {
      await dynamoDb.renew();
      const StreamSpecification = { StreamViewType: 'NEW_AND_OLD_IMAGES' };
      await createTable(dynamoDb.database, { ...messagesTable, StreamSpecification });
      keptQueues();
      keptObjects();
      removeMails(folder);
      gateway.world.pages.clear();
      gateway.world.pages.add(issuer);
    },
  };
}

/** A private key as that of the URLs of files, in PEM. One of 2048 bits takes ten times as long to make. */
function rsaKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}
