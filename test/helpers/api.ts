import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2,
  APIGatewayRequestAuthorizerEvent,
  Context,
  DynamoDBStreamEvent,
  SQSEvent,
} from 'aws-lambda';
import { decodeJwt } from 'jose';
import { v7 as uuidv7 } from 'uuid';
import { vi } from 'vitest';
import webPush from 'web-push';
import * as z from 'zod/mini';
import { createConnect } from '#adapters/dynamo/connections/connect.ts';
import { createSessions, newSession } from '#adapters/dynamo/connections/sessions.ts';
import { createMedia } from '#adapters/dynamo/media/media.ts';
import { createPresenceSubscriptions } from '#adapters/dynamo/presence-subscriptions/presence-subscriptions.ts';
import { createTable as createTableOf } from '#adapters/dynamo/table.ts';
import { createAttempts } from '#adapters/dynamo/users/attempts.ts';
import { createFamilies } from '#adapters/dynamo/users/families.ts';
import { Delivery } from '#adapters/queues/deliveries.ts';
import type { Erasure } from '#adapters/queues/erasures.ts';
import { IndexJob } from '#adapters/queues/index-jobs.ts';
import { PresenceChange } from '#adapters/queues/presence-changes.ts';
import type { Account } from '#core/accounts/ports.ts';
import { startSession } from '#core/accounts/session.ts';
import type { SocketEvent } from '#lambdas/kit/socket.ts';
import { streamFilters } from '#lib/constructs/stream-filters.ts';
import { type Rates, rates } from '#lib/rates.ts';
import { FaultTable } from '#local/faults/table.ts';
import { callService } from '#local/services/call.ts';
import { serveJsonApi } from '#local/services/json-api.ts';
import { serveS3 } from '#local/services/s3/server.ts';
import { ObjectStore } from '#local/services/s3/store.ts';
import { secretsManager } from '#local/services/secrets/manager.ts';
import { startSes } from '#local/services/ses/index.ts';
import { type Mail, newestMails } from '#local/services/ses/mails.ts';
import { queueOperations } from '#local/services/sqs/operations.ts';
import { QueueStore } from '#local/services/sqs/store.ts';
import { parameterOperations } from '#local/services/ssm/operations.ts';
import { ParameterStore } from '#local/services/ssm/store.ts';
import { createTable } from '#local/test/helpers/dynamodb.ts';
import { startGateway } from '#local/test/helpers/websocket-gateway.ts';
import { access, callerOf } from '#local/test/helpers/world.ts';
import type { Session } from '#protocol/accounts.ts';
import { limits } from '#protocol/limits.ts';
import type { Attachment } from '#protocol/media.ts';
import { issuer, pepper, signingKey, startAccountTables, tables } from './accounts.ts';
import { messagesTable } from './chat.ts';
import { checkCall } from './contract.ts';
import { Device } from './device.ts';
import { hideMetrics } from './log.ts';
import { readStream } from './streams.ts';

/** The password of all users that `register` creates. */
export const password = 'a long enough secret';

export type Api = Awaited<ReturnType<typeof startApi>>;
export type Person = Awaited<ReturnType<Api['register']>>;

export interface Call {
  readonly body?: unknown;
  /** The body as it arrives, instead of the JSON of `body`. */
  readonly raw?: { readonly body: string; readonly isBase64Encoded: boolean };
  readonly token?: string;
  readonly headers?: Record<string, string>;
  readonly cookies?: string[];
  readonly params?: Record<string, string>;
  readonly query?: Record<string, string>;
  readonly sourceIp?: string;
}

/** All functions of the stack in this process, on a local DynamoDB, Secrets Manager, SQS and WebSocket gateway. */
export async function startApi(stageRates: Rates = rates.dev) {
  hideMetrics();
  const folder = await mkdtemp(join(tmpdir(), 'accounts-'));
  const dynamoDb = await startAccountTables();
  const StreamSpecification = { StreamViewType: 'NEW_AND_OLD_IMAGES' };
  await createTable(dynamoDb.database, { ...messagesTable, StreamSpecification });
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
  const connect = createConnect(dynamoDb.connections, createFamilies(dynamoDb.users));
  const sessions = { ...createSessions(dynamoDb.connections), connect };
  const media = createMedia(dynamoDb.client, createTableOf(dynamoDb.client, tables.media));
  const gateway = await startGateway({
    handlers: {
      authorizer: (event) => load.authorizer(event),
      connect: (event) => load.connect(event),
      disconnect: (event) => load.disconnect(event),
      message: async (event) => mortal('message', await load.message(event)),
      commands: async (event) => mortal('commands', await load.commands(event)),
      receipts: (event) => load.receipts(event),
    },
    routes: {
      $connect: { handler: 'connect' },
      $disconnect: { handler: 'disconnect' },
      message: { handler: 'message', returnsResponse: true },
      receipts: { handler: 'receipts' },
      $default: { handler: 'commands', returnsResponse: true },
    },
    authorizer: 'authorizer',
  });
  gateway.world.pages.add(issuer);
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
  let load = await loadFunctions();
  const crashes = { fanout: 0, message: 0, commands: 0, pacedFanout: 0 };
  function mortal<T>(name: keyof typeof crashes, answer: T): T {
    if (crashes[name] === 0) return answer;
    crashes[name]--;
    throw new Error('Died after it had done its work');
  }
  const streamed: string[] = [];
  const stream = await readStream(dynamoDb.endpoint, messagesTable.TableName, {
    fanout: {
      filters: streamFilters.fanout,
      async handler(event) {
        return mortal('fanout', await load.fanout(event));
      },
    },
    messageStream: {
      filters: streamFilters.messageStream,
      async handler(event) {
        streamed.push(...keysIn(event));
        return load.messageStream(event);
      },
    },
  });
  /** Waits until a queue has messages, and returns their bodies. */
  async function received(queue: string): Promise<string[]> {
    const answer = await callService(callerOf(sqs.endpoint), 'AmazonSQS.ReceiveMessage', {
      QueueUrl: `${sqs.endpoint}/000000000000/${queue}`,
      MaxNumberOfMessages: 10,
      WaitTimeSeconds: 20,
    });
    const { Messages } = z.object({ Messages: z._default(z.array(z.object({ Body: z.string() })), []) }).parse(answer);
    return Messages.map(({ Body }) => Body);
  }
  const consumers = {
    push: load.push,
    presence: load.presenceFanout,
    mails: load.mail,
    'paced.fifo': async (event: unknown) => mortal('pacedFanout', await load.pacedFanout(event)),
    deliveries: load.poster,
  };
  /**
   * Calls the function of a queue with the messages that are due so many ms from now. Messages that fail are received again
   * later.
   */
  async function runQueue(queue: keyof typeof consumers, { inMs = 0, hiddenMs }: { inMs?: number; hiddenMs: number }) {
    const messages = queues.receive(queue, 10, hiddenMs, Date.now() + inMs);
    if (messages.length === 0) return { due: 0, failed: 0 };
    const Records = messages.map(({ receiveCount, ...message }) => ({
      ...message,
      attributes: { ApproximateReceiveCount: String(receiveCount), MessageGroupId: message.groupId },
    }));
    const answer = await consumers[queue]({ Records });
    const failed = new Set(answer?.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    for (const { messageId, receiptHandle } of messages)
      if (!failed.has(messageId)) queues.delete(queue, receiptHandle);
    return { due: messages.length, failed: failed.size };
  }
  /** Delivers the changes of large rooms for which somebody called, one batch after the other, until no call is due. */
  async function tellPaced(inMs: number): Promise<void> {
    while ((await runQueue('paced.fifo', { inMs, hiddenMs: 60_000 })).due > 0);
  }
  let telling = Promise.resolve();
  let isTold = true;
  queues.changes.on('paced.fifo', () => {
    if (!isTold) return;
    isTold = false;
    // It waits for those before it, so that what comes while they end isn't missed.
    telling = telling.then(async () => {
      isTold = true;
      await tellPaced(0).catch((error) => {
        if (!String(error).includes('Died')) throw error;
      });
    });
  });
  const connections = await readStream(dynamoDb.endpoint, tables.connections, {
    presence: { filters: streamFilters.presence, handler: load.presenceStream },
  });
  let addresses = 0;
  let people = 0;

  return {
    /** Registers a new user. `open` connects a device. */
    async register(name = 'person') {
      const username = `${name}${people++}`;
      const { user, accessToken } = await load.register(username);
      return {
        id: user.id,
        username,
        token: accessToken,
        call: (routeKey: string, call: Omit<Call, 'token'> = {}) =>
          this.call(routeKey, { ...call, token: accessToken }),
        /** Lets the user's login erase, export, and change address and password. */
        confirm: () => load.confirm(user.id, this.familyOf(accessToken)),
        open: async () => new Device(await this.openSocket(accessToken)),
      };
    },

    /** Creates users who can't log in, and returns their ids. */
    async crowd(count: number): Promise<string[]> {
      const ids = Array.from({ length: count }, () => uuidv7());
      await Promise.all(ids.map((id) => dynamoDb.connections.put(newSession(id))));
      return ids;
    },

    /** The messages in the queue Deliveries. */
    deliveries: async (): Promise<Delivery[]> =>
      (await received('deliveries')).map((body) => Delivery.parse(JSON.parse(body))),
    /** Works off the calls of large rooms that are due so many ms from now. Those that are due now are worked off anyway. */
    async tellPaced(inMs: number): Promise<void> {
      await telling;
      await tellPaced(inMs);
    },
    /** Posts the frames of the queue Deliveries that are due now. */
    postAll: () => runQueue('deliveries', { hiddenMs: 60_000 }),
    /** The segments in the queue IndexJobs. */
    indexJobs: async (): Promise<IndexJob[]> =>
      (await received('index')).map((body) => IndexJob.parse(JSON.parse(body))),
    index: (bodies: readonly string[]) =>
      load.searchIndex({ Records: bodies.map((body) => ({ messageId: body, body })) }),
    post: (records: { messageId: string; body: string }[]) => load.poster({ Records: records }),
    eraseRecords: (records: { messageId: string; body: string }[]) => load.erase({ Records: records }),
    erase(erasure: Erasure) {
      return this.eraseRecords([{ messageId: 'one', body: JSON.stringify(erasure) }]);
    },

    /** The number of jobs in the queue PushJobs. */
    pushesWaiting: (inMs = 0) => queues.levels(Date.now() + inMs).find(({ queue }) => queue === 'push')?.visible ?? 0,
    /** Calls the function `push` with the jobs that are due so many ms from now. Returns how many of them failed. */
    push: async (inMs = 0): Promise<number> => (await runQueue('push', { inMs, hiddenMs: 60_000 })).failed,

    /** Sends the mails that are queued, and returns all that were ever sent to an address, newest first. */
    async mailsTo(address: string): Promise<Mail[]> {
      while ((await runQueue('mails', { hiddenMs: 60_000 })).due > 0);
      return newestMails(folder).filter(({ to }) => to.includes(address));
    },

    /** The token in the newest mail to an address whose subject has some words. It is empty if there is none. */
    async mailedToken(address: string, subject = ''): Promise<string> {
      const mail = (await this.mailsTo(address)).find((one) => one.subject.includes(subject));
      return /#\/\w+\?token=([\w-]{64})\s/.exec(mail?.text ?? '')?.[1] ?? '';
    },

    /** How many of the next calls of a function fail after they have done their work. */
    crashes,

    /** The keys of the records that the function `message-stream` got, as `pk sk`. */
    streamed,
    /** Removes the messages of the queue PresenceChanges that are due so many ms from now. */
    presenceChanges: (inMs = 0): PresenceChange[] =>
      queues
        .receive('presence', 10, 24 * 3600_000, Date.now() + inMs)
        .map(({ body }) => PresenceChange.parse(JSON.parse(body))),
    /** Delivers the changes of presence that are due now. Those that fail are received again. Returns how many there were. */
    tellNews: async (): Promise<number> => (await runQueue('presence', { hiddenMs: 1_000 })).due,
    tellPresence: (change: PresenceChange) =>
      load.presenceFanout({ Records: [{ messageId: 'change', body: JSON.stringify(change) }] }),

    /** Creates an image that a user can send in a conversation, as if it was uploaded and inspected. */
    async addFile(ownerId: string, conversationId: string): Promise<Attachment> {
      const file = { contentType: 'image/png', size: 1, width: 1, height: 1 } as const;
      const id = uuidv7();
      await media.add({ ...file, id, ownerId, conversationId, status: 'ready', version: 'one', uses: 0 });
      return { ...file, id };
    },
    /** The `seq` of the messages that use a file, by the table Media. */
    usesOf: async (id: string): Promise<number[]> =>
      ((await media.withUses(id))?.uses ?? []).flatMap((use) => ('seq' in use && use.seq !== undefined ? use.seq : [])),

    origin: issuer,
    edge,
    /** The key that signs access tokens, with its id. */
    signingKey: key.secret,
    gateway,
    sessions,
    presenceSubscriptions: createPresenceSubscriptions(dynamoDb.presenceSubscriptions),
    database: dynamoDb.database,
    client: dynamoDb.client,
    /** How many calls the database has got. */
    calls: dynamoDb.calls,
    s3: { endpoint: s3.endpoint, store: objects },
    /** Loads all functions anew, with another environment, as a deployment does. */
    async deploy(environment: Readonly<Record<string, string>>): Promise<void> {
      vi.resetModules();
      Object.assign(process.env, environment);
      load = await loadFunctions();
    },
    attempts: createAttempts(dynamoDb.users),
    /** The login (family) of an access token. */
    familyOf: (accessToken: string) => String(decodeJwt(accessToken)['sid']),
    openSocket: (token: string) => gateway.connect('', ['storm.v1', `bearer.${token}`]),

    /** Calls the function of a route as API Gateway does. By default each call comes from another IP address. */
    async call(routeKey: string, call: Call = {}) {
      const { statusCode, headers, body, cookies } = await load.http(routeKey, {
        version: '2.0',
        routeKey,
        rawPath: '',
        rawQueryString: '',
        headers: { ...(call.token && { authorization: `Bearer ${call.token}` }), ...call.headers },
        ...(call.cookies && { cookies: call.cookies }),
        ...(call.params && { pathParameters: call.params }),
        ...(call.query && { queryStringParameters: call.query }),
        ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
        isBase64Encoded: false,
        ...call.raw,
        requestContext: requestContext(routeKey, call.sourceIp ?? `10.0.${addresses >> 8}.${addresses++ & 255}`),
      });
      const parsed: ReturnType<typeof JSON.parse> = body ? JSON.parse(body) : undefined;
      checkCall(routeKey, { request: call.body, status: Number(statusCode), body: parsed, headers: headers ?? {} });
      return { status: statusCode, headers: headers ?? {}, cookies: cookies ?? [], body: parsed };
    },

    async stop() {
      await stream[Symbol.asyncDispose]();
      await connections[Symbol.asyncDispose]();
      await telling;
      await gateway[Symbol.asyncDispose]();
      await s3.stop();
      objects.close();
      await ses.stop();
      await secrets.stop();
      await ssm.stop();
      await sqs.stop();
      queues.close();
      await dynamoDb.stop();
      await rm(folder, { recursive: true });
    },
  };
}

/** Loads the handlers. They read their environment when they are loaded. */
async function loadFunctions() {
  const { handler: accounts } = await import('#lambdas/accounts/handler.ts');
  const { world } = await import('#lambdas/accounts/dependencies.ts');
  const { handler: security } = await import('#lambdas/security/handler.ts');
  const { handler: mail } = await import('#lambdas/mail/handler.ts');
  const { handler: users } = await import('#lambdas/users/handler.ts');
  const { handler: token } = await import('#lambdas/token/handler.ts');
  const { handler: authorizer } = await import('#lambdas/authorizer/handler.ts');
  const { handler: connect } = await import('#lambdas/connect/handler.ts');
  const { handler: disconnect } = await import('#lambdas/disconnect/handler.ts');
  const { handler: message } = await import('#lambdas/message/handler.ts');
  const { handler: commands } = await import('#lambdas/commands/handler.ts');
  const { handler: receipts } = await import('#lambdas/receipts/handler.ts');
  const { handler: conversations } = await import('#lambdas/conversations/handler.ts');
  const { handler: media } = await import('#lambdas/media/handler.ts');
  const { handler: search } = await import('#lambdas/search/handler.ts');
  const { handler: searchIndex } = await import('#lambdas/search-index/handler.ts');
  const { handler: poster } = await import('#lambdas/poster/handler.ts');
  const { handler: fanout } = await import('#lambdas/fanout/handler.ts');
  const { handler: pacedFanout } = await import('#lambdas/paced-fanout/handler.ts');
  const { handler: messageStream } = await import('#lambdas/message-stream/handler.ts');
  const { handler: push } = await import('#lambdas/push/handler.ts');
  const { handler: presenceStream } = await import('#lambdas/presence-stream/handler.ts');
  const { handler: presenceFanout } = await import('#lambdas/presence-fanout/handler.ts');
  const { handler: privacy } = await import('#lambdas/privacy/handler.ts');
  const { handler: erase } = await import('#lambdas/erase/handler.ts');
  const passwordHash = await world.passwords.hash(password);
  const context = { awsRequestId: 'test', getRemainingTimeInMillis: () => 29_000 } as Context;
  return {
    /** Does the same as POST /auth/register, but hashes the common password only once, since hashing is most of the work. */
    async register(username: string): Promise<Session> {
      const account: Account = {
        id: world.newId(),
        username,
        email: `${username}@example.com`,
        displayName: username,
        bio: '',
        passwordHash,
        createdAt: new Date(world.now()).toISOString(),
      };
      if ((await world.createAccount(account)) !== 'created') throw new Error(`${username} is there already`);
      return (await startSession(world, account, 'a test')).session;
    },
    /** Does the same as POST /auth/confirm, without hashing. */
    confirm: (userId: string, familyId: string) =>
      world.families.confirm(userId, familyId, Date.now() + limits.confirmationSeconds * 1000),
    connect: (event: unknown) => connect(event as SocketEvent, context),
    disconnect: (event: unknown) => disconnect(event as SocketEvent, context),
    message: (event: unknown) => message(event as SocketEvent, context),
    commands: (event: unknown) => commands(event as SocketEvent, context),
    receipts: (event: unknown) => receipts(event as SocketEvent, context),
    searchIndex: (event: unknown) => searchIndex(event as SQSEvent, context),
    poster: (event: unknown) => poster(event as SQSEvent, context),
    fanout: (event: unknown) => fanout(event as DynamoDBStreamEvent, context),
    pacedFanout: (event: unknown) => pacedFanout(event as SQSEvent, context),
    messageStream: (event: unknown) => messageStream(event as DynamoDBStreamEvent, context),
    push: (event: unknown) => push(event as SQSEvent, context),
    presenceStream: (event: unknown) => presenceStream(event as DynamoDBStreamEvent, context),
    presenceFanout: (event: unknown) => presenceFanout(event as SQSEvent, context),
    mail: (event: unknown) => mail(event as SQSEvent, context),
    erase: (event: unknown) => erase(event as SQSEvent, context),
    authorizer: (event: unknown) => authorizer(event as APIGatewayRequestAuthorizerEvent, context),
    http(routeKey: string, event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
      if (/\/auth\/(register|login|confirm|password.*|email\/verify)$/.test(routeKey)) return accounts(event, context);
      if (/ \/auth\/(?!register|login|confirm|password|email\/verify$)|\/activity$|\/me\/email$/.test(routeKey))
        return security(event, context);
      if (/^DELETE \/users\/me$|\/export$/.test(routeKey)) return privacy(event, context);
      if (/ \/(conversations|invitations|sync)/.test(routeKey)) return conversations(event, context);
      if (routeKey === 'GET /search') return search(event, context);
      if (/ \/media/.test(routeKey)) return media(event, context);
      return / \/(users|push)/.test(routeKey) ? users(event, context) : token(event, context);
    },
  };
}

/** A private key as that of the URLs of files, in PEM. One of 2048 bits takes ten times as long to make. */
function rsaKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function requestContext(routeKey: string, sourceIp: string): APIGatewayProxyEventV2['requestContext'] {
  const [method = '', path = ''] = routeKey.split(' ');
  return {
    accountId: '000000000000',
    apiId: 'api',
    domainName: 'localhost',
    domainPrefix: 'localhost',
    http: { method, path, protocol: 'HTTP/1.1', sourceIp, userAgent: 'test' },
    requestId: 'request',
    routeKey,
    stage: 'api',
    time: '',
    timeEpoch: 0,
  };
}

const StreamEvent = z.object({
  Records: z.array(
    z.object({
      dynamodb: z.object({ Keys: z.object({ pk: z.object({ S: z.string() }), sk: z.object({ S: z.string() }) }) }),
    }),
  ),
});

/** The keys of the records in an event of the stream. */
function keysIn(event: unknown): string[] {
  return StreamEvent.parse(event).Records.map(({ dynamodb: { Keys } }) => `${Keys.pk.S} ${Keys.sk.S}`);
}
