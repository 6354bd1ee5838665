import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import type { Readable } from 'node:stream';
import { DeleteItemCommand, DeleteTableCommand, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type DynamoDb, startDynamoDb } from '../../services/dynamodb/server.ts';
import { StackError } from '../../types.ts';
import { createTable, dynamoDbClient } from '../helpers/dynamodb.ts';

const log = { warn: vi.fn() };
let folder: string;
let file: string;
let server: DynamoDb;
let client: ReturnType<typeof dynamoDbClient>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dynamodb-'));
  file = join(folder, 'dynamodb.sqlite');
  server = await startDynamoDb({ file, log });
  client = dynamoDbClient(server.endpoint);
  await createTable(client, {
    TableName: 'parcels',
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
    TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
  });
});

afterAll(async () => {
  client.destroy();
  await server.stop();
  await rm(folder, { recursive: true });
  expect(log.warn).not.toHaveBeenCalled();
});

/** The rows that SQL finds in the server's file. */
function select(sql: string) {
  using database = new DatabaseSync(file, { timeout: 5_000 });
  return database.prepare(sql).all();
}

const put = (id: string, expires = 0) =>
  client.send(new PutItemCommand({ TableName: 'parcels', Item: { id: { S: id }, expires: { N: String(expires) } } }));
const get = async (id: string) =>
  (await client.send(new GetItemCommand({ TableName: 'parcels', Key: { id: { S: id } } }))).Item;
const remove = (id: string) => client.send(new DeleteItemCommand({ TableName: 'parcels', Key: { id: { S: id } } }));

test('the workarounds are for this version of dynoxide and no other', () => {
  const { version } = createRequire(import.meta.url)(`@dynoxide/${process.platform}-${process.arch}/package.json`);
  expect(version, 'try every fault named in local/services/dynamodb/dynoxide.ts with the new version').toBe('1.2.1');
});

test('a write finds the last stream record by an index, however many there are', () => {
  const plan = select(
    `EXPLAIN QUERY PLAN SELECT MAX(CAST(sequence_number AS INTEGER)) FROM _stream_records WHERE table_name = 'parcels'`,
  );
  expect(plan[0]?.['detail']).toContain('sr_seq');
});

test('stream records older than 24 hours are trimmed', async () => {
  await put('trimmed');
  select(`UPDATE _stream_records SET created_at = created_at - 90000 RETURNING id`);
  for (let i = 0; i < 256; i++) await put(`p${i}`);
  expect(select(`SELECT id FROM _stream_records WHERE created_at < unixepoch() - 86400`)).toEqual([]);
});

test('the stream says that an expired item was removed by DynamoDB, and of no other', async () => {
  await put('expired', 1_000);
  await put('current', 4_000_000_000);
  await remove('expired');
  await remove('current');
  const removals = select(`SELECT user_identity FROM _stream_records WHERE event_name = 'REMOVE' ORDER BY id`);
  expect(removals.map((row) => row['user_identity'])).toEqual([
    '{"Type":"Service","PrincipalId":"dynamodb.amazonaws.com"}',
    null,
  ]);
});

test('a table made again does not replay the records of the one before', async () => {
  const drafts = {
    TableName: 'drafts',
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    StreamSpecification: { StreamViewType: 'KEYS_ONLY' },
  };
  await createTable(client, drafts);
  await client.send(new PutItemCommand({ TableName: 'drafts', Item: { id: { S: 'old' } } }));
  await client.send(new DeleteTableCommand({ TableName: 'drafts' }));
  await createTable(client, drafts);
  expect(select(`SELECT id FROM _stream_records WHERE table_name = 'drafts'`)).toEqual([]);
});

test('after a crash it is started again, and everything acknowledged is there', async () => {
  await put('survivor');
  await server.kill();
  await vi.waitFor(async () => expect(await get('survivor')).toBeDefined(), 5_000);
});

test('a file that is no database is refused in one sentence', async () => {
  const notes = resolve('package.json');
  await expect(startDynamoDb({ file: notes, log })).rejects.toThrow(`The local DynamoDB can't use ${notes}`);
});

test("a database that is not dynoxide's own, or of another version, is refused", async () => {
  const other = join(folder, 'other.sqlite');
  new DatabaseSync(other).exec('CREATE TABLE _stream_records (id)');
  await expect(startDynamoDb({ file: other, log })).rejects.toThrow(StackError);
});

test('kill -9 of the process that started it loses nothing acknowledged and leaves no server behind', async () => {
  const killedFile = join(folder, 'killed.sqlite');
  const writer = spawn(process.execPath, [resolve('local/test/helpers/dynamodb-writer.ts'), killedFile], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [endpoint = '', ...acknowledged] = await readLines(writer, 200);
  writer.kill('SIGKILL');
  await vi.waitFor(() => expect(fetch(endpoint)).rejects.toThrow('fetch failed'), 10_000);

  const restarted = await startDynamoDb({ file: killedFile, log });
  const reader = dynamoDbClient(restarted.endpoint);
  for (const id of acknowledged) {
    const { Item } = await reader.send(new GetItemCommand({ TableName: 'parcels', Key: { id: { S: id } } }));
    expect(Item, id).toBeDefined();
  }
  reader.destroy();
  await restarted.stop();
});

async function readLines({ stdout }: ChildProcessByStdio<null, Readable, null>, count: number): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of createInterface(stdout)) {
    lines.push(line);
    if (lines.length === count) break;
  }
  return lines;
}
