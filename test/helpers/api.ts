import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { decodeJwt } from 'jose';
import { v7 as uuidv7 } from 'uuid';
import { vi } from 'vitest';
import * as z from 'zod/mini';
import { createConnect } from '#adapters/dynamo/connections/connect.ts';
import { createSessions, newSession } from '#adapters/dynamo/connections/sessions.ts';
import { createMedia } from '#adapters/dynamo/media/media.ts';
import { createPresenceSubscriptions } from '#adapters/dynamo/presence-subscriptions/presence-subscriptions.ts';
import { createTable } from '#adapters/dynamo/table.ts';
import { createAttempts } from '#adapters/dynamo/users/attempts.ts';
import { createFamilies } from '#adapters/dynamo/users/families.ts';
import { Delivery } from '#adapters/queues/deliveries.ts';
import type { Erasure } from '#adapters/queues/erasures.ts';
import { IndexJob } from '#adapters/queues/index-jobs.ts';
import { PresenceChange } from '#adapters/queues/presence-changes.ts';
import { streamFilters } from '#lib/constructs/stream-filters.ts';
import { type Rates, rates } from '#lib/rates.ts';
import { callService } from '#local/services/call.ts';
import type { Mail } from '#local/services/ses/mails.ts';
import { callerOf } from '#local/test/helpers/world.ts';
import type { Attachment } from '#protocol/media.ts';
import { issuer, tables } from './accounts.ts';
import { messagesTable } from './chat.ts';
import { checkCall } from './contract.ts';
import { Device } from './device.ts';
import { loadFunctions, password } from './functions.ts';
import { startServices } from './services.ts';
import { readStream } from './streams.ts';

export { password };

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

let load: Awaited<ReturnType<typeof loadFunctions>>;
const noCrashes = { fanout: 0, message: 0, commands: 0, pacedFanout: 0 };
const crashes = { ...noCrashes };
function mortal<T>(name: keyof typeof crashes, answer: T): T {
  if (crashes[name] === 0) return answer;
  crashes[name]--;
  throw new Error('Died after it had done its work');
}

async function start(stageRates: Rates) {
  const services = await startServices(stageRates, {
    authorizer: (event) => load.authorizer(event),
    connect: (event) => load.connect(event),
    disconnect: (event) => load.disconnect(event),
    message: async (event) => mortal('message', await load.message(event)),
    commands: async (event) => mortal('commands', await load.commands(event)),
    receipts: (event) => load.receipts(event),
  });
  load = await loadFunctions();
  return { services, stageRates };
}

/** What the files of a worker share. The functions remember people and addresses, so these go on. */
let started: ReturnType<typeof start> | undefined;
let addresses = 0;
let people = 0;

/**
 * All functions of the stack in this process, on local services. The first file of a worker starts and loads them, and each begins with
 * empty tables, queues and buckets. One that deploys, wants other rates, or sets the environment before needs a process of its own.
 */
export async function startApi(stageRates: Rates = rates.dev) {
  started ??= start(stageRates);
  const { services, stageRates: startedRates } = await started;
  if (startedRates !== stageRates) throw new Error('The functions were loaded with other rates');
  await services.clear();
  Object.assign(crashes, noCrashes);
  const { dynamoDb, queues, sqs, gateway } = services;
  const connect = createConnect(dynamoDb.connections, createFamilies(dynamoDb.users));
  const sessions = { ...createSessions(dynamoDb.connections), connect };
  const media = createMedia(dynamoDb.client, createTable(dynamoDb.client, tables.media));
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
  const tell = () => {
    if (!isTold) return;
    isTold = false;
    // It waits for those before it, so that what comes while they end isn't missed.
    telling = telling.then(async () => {
      isTold = true;
      await tellPaced(0).catch((error) => {
        if (!String(error).includes('Died')) throw error;
      });
    });
  };
  queues.changes.on('paced.fifo', tell);
  const connections = await readStream(dynamoDb.endpoint, tables.connections, {
    presence: { filters: streamFilters.presence, handler: load.presenceStream },
  });

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

    /** The queues with messages. */
    queued: () => queues.levels(Date.now()).flatMap((one) => (one.visible + one.notVisible > 0 ? [one.queue] : [])),
    /** The number of jobs in the queue PushJobs. */
    pushesWaiting: (inMs = 0) => queues.levels(Date.now() + inMs).find(({ queue }) => queue === 'push')?.visible ?? 0,
    /** Calls the function `push` with the jobs that are due so many ms from now. Returns how many of them failed. */
    push: async (inMs = 0): Promise<number> => (await runQueue('push', { inMs, hiddenMs: 60_000 })).failed,

    /** Sends the mails that are queued, and returns all that were ever sent to an address, newest first. */
    async mailsTo(address: string): Promise<Mail[]> {
      while ((await runQueue('mails', { hiddenMs: 60_000 })).due > 0);
      return services.mails().filter(({ to }) => to.includes(address));
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
    edge: services.edge,
    signingKey: services.signingKey,
    gateway,
    sessions,
    presenceSubscriptions: createPresenceSubscriptions(dynamoDb.presenceSubscriptions),
    database: dynamoDb.database,
    client: dynamoDb.client,
    /** How many calls the database has got. */
    calls: dynamoDb.calls,
    s3: services.s3,
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
      queues.changes.off('paced.fifo', tell);
      await gateway.clear();
      dynamoDb.verify();
    },
  };
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
