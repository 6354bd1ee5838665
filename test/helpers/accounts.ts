import { randomBytes } from 'node:crypto';
import { DeleteTableCommand, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { exportJWK, generateKeyPair } from 'jose';
import { v7 } from 'uuid';
import { createConnect } from '#adapters/dynamo/connections/connect.ts';
import { createSessions } from '#adapters/dynamo/connections/sessions.ts';
import { createMedia } from '#adapters/dynamo/media/media.ts';
import { createTable } from '#adapters/dynamo/table.ts';
import { createActivities } from '#adapters/dynamo/users/activities.ts';
import { createAttempts } from '#adapters/dynamo/users/attempts.ts';
import { createAvatars } from '#adapters/dynamo/users/avatars.ts';
import { createFamilies } from '#adapters/dynamo/users/families.ts';
import { createMailLimits } from '#adapters/dynamo/users/mail-limits.ts';
import { createMailTokens } from '#adapters/dynamo/users/mail-tokens.ts';
import { createRegistration } from '#adapters/dynamo/users/registration.ts';
import { createUsers } from '#adapters/dynamo/users/users.ts';
import { createPasswords } from '#adapters/passwords/argon2.ts';
import { runtime } from '#adapters/runtime.ts';
import { createDeviceTokens } from '#core/accounts/device-token.ts';
import type { MailJob } from '#core/accounts/mail-job.ts';
import type { Attempts, SessionWorld, Subject, World } from '#core/accounts/ports.ts';
import { createRefreshTokens } from '#core/accounts/refresh-token.ts';
import { avatarUrls } from '#core/media/media.ts';
import type { SecurityEvent } from '#core/security/events.ts';
import { createTable as createLocalTable, dynamoDbClient, startDynamoDb } from '#local/test/helpers/dynamodb.ts';
import { dynamoDbAt } from './dynamodb.ts';

export const pepper = randomBytes(32).toString('base64url');
export const issuer = 'https://storm.example';
export const tables = {
  users: 'Users',
  connections: 'Connections',
  presenceSubscriptions: 'PresenceSubscriptions',
  media: 'Media',
};

/** A signing key and its public key, as they are in the auth secret and in `JWKS`. */
export async function signingKey(kid: string) {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const named = { kid, alg: 'ES256', use: 'sig' };
  const { kty = '', crv = '', x = '', y = '', d = '' } = await exportJWK(privateKey);
  return { secret: { kty, crv, x, y, d, ...named }, public: { ...(await exportJWK(publicKey)), kty, ...named } };
}

/** A local DynamoDB with the tables of accounts. */
export async function startAccountTables() {
  const database = await startAccountDatabase();
  await database.renew();
  return database;
}

/** A local DynamoDB without tables, with its files in a folder. */
export async function startAccountDatabase(folder?: string) {
  const server = await startDynamoDb(folder);
  const database = dynamoDbClient(server.endpoint);
  const client = dynamoDbAt(server.endpoint);
  const attribute = (AttributeName: string, KeyType: string) => ({ AttributeName, KeyType });
  const define = (TableName: string, KeySchema: { AttributeName: string; KeyType: string }[], more = {}) =>
    createLocalTable(database, {
      ...more,
      TableName,
      KeySchema,
      AttributeDefinitions: KeySchema.map(({ AttributeName }) => ({ AttributeName, AttributeType: 'S' })),
      BillingMode: 'PAY_PER_REQUEST',
    });
  return {
    endpoint: server.endpoint,
    calls: server.calls,
    client,
    /** The SDK's client. */
    database,
    users: createTable(client, tables.users),
    connections: createTable(client, tables.connections),
    presenceSubscriptions: createTable(client, tables.presenceSubscriptions),
    /** Deletes all tables, and creates those of accounts. */
    async renew() {
      const { TableNames = [] } = await database.send(new ListTablesCommand());
      for (const TableName of TableNames) await database.send(new DeleteTableCommand({ TableName }));
      await define(tables.users, [attribute('pk', 'HASH'), attribute('sk', 'RANGE')]);
      await define(tables.media, [attribute('pk', 'HASH'), attribute('sk', 'RANGE')]);
      const StreamSpecification = { StreamViewType: 'NEW_AND_OLD_IMAGES' };
      await define(tables.connections, [attribute('userId', 'HASH')], { StreamSpecification });
      await define(tables.presenceSubscriptions, [attribute('userId', 'HASH'), attribute('connectionId', 'RANGE')]);
    },
    verify: server.verify,
    async stop() {
      database.destroy();
      await server.stop();
    },
  };
}

/** Takes all attempts of a subject, or all but some, in one write. */
export async function useUp(attempts: Attempts, subject: Subject | undefined, now: number, but = 0): Promise<void> {
  if (!subject) throw new Error('There is no such subject');
  const { burst, perSecond } = subject.rate;
  const rate = { burst: 1, perSecond: perSecond / (burst - but) };
  const taken = await attempts.take([{ ...subject, rate }], now);
  if (!taken.done) throw new Error('Some were taken before');
}

/** The world of the use cases on real tables, with a clock that the test moves. It notes whose sockets were closed, and events. */
export function accountsWorld({
  client,
  users,
  connections,
}: Pick<Awaited<ReturnType<typeof startAccountTables>>, 'client' | 'users' | 'connections'>) {
  const closed: string[] = [];
  const recorded: SecurityEvent[] = [];
  const queued: MailJob[] = [];
  const clock = { now: Date.now() };
  const world: World & SessionWorld = {
    createAccount: createRegistration(client, users, connections),
    users: createUsers(users, avatarUrls('https://media.example')),
    families: createFamilies(users),
    activities: createActivities(users, v7),
    record: async (event) => void recorded.push(event),
    allowRegistration: async () => ({ ok: undefined }),
    mailTokens: createMailTokens(client, users),
    mailLimits: createMailLimits(users),
    queueMail: async (job) => void queued.push(job),
    attempts: createAttempts(users),
    passwords: createPasswords(async () => pepper),
    commonPasswords: async () => new Set(['password1']),
    refreshTokens: async () => createRefreshTokens(pepper),
    deviceTokens: async () => createDeviceTokens(pepper),
    signAccessToken: async () => 'an access token',
    allowRefresh: () => ({ ok: undefined }),
    verifiedEmail: 'optional',
    closeSockets: async (_, familyId) => void closed.push(familyId),
    now: () => clock.now,
    newId: v7,
    newSecret: () => randomBytes(32),
  };
  const media = createMedia(client, createTable(client, tables.media));
  const avatars = { ...runtime, ...createAvatars(client, users, media) };
  return {
    world,
    avatars,
    clock,
    closed,
    recorded,
    queued,
    sessions: createSessions(connections),
    connect: createConnect(connections, world.families),
  };
}
