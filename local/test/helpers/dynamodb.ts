import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateTableCommand,
  DynamoDBClient,
  type DynamoDBClientConfig,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { startDynamoDb as startServer } from '../../services/dynamodb/server.ts';
import { createTableInput, tableProperties, ttlAttribute } from '../../services/dynamodb/table-definition.ts';

/** Starts a DynamoDB for one test file in a temporary folder. It doesn't delete expired items. */
export async function startDynamoDb(): Promise<{ endpoint: string; stop(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'dynamodb-'));
  const server = await startServer({ file: join(folder, 'dynamodb.sqlite'), log: console });
  return {
    endpoint: server.endpoint,
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true });
    },
  };
}

/** Returns an SDK client for a local endpoint. */
export function dynamoDbClient(endpoint: string, config: DynamoDBClientConfig = {}): DynamoDBClient {
  return new DynamoDBClient({
    ...config,
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
}

/** Creates a table from the properties of `AWS::DynamoDB::Table` or `GlobalTable`, which must have a `TableName`. */
export async function createTable(client: DynamoDBClient, properties: unknown): Promise<void> {
  const table = tableProperties.parse(properties);
  if (table.TableName === undefined) throw new Error('TableName is missing');
  await client.send(new CreateTableCommand(createTableInput(table.TableName, table)));
  const attribute = ttlAttribute(table);
  if (attribute === undefined) return;
  const TimeToLiveSpecification = { Enabled: true, AttributeName: attribute };
  await client.send(new UpdateTimeToLiveCommand({ TableName: table.TableName, TimeToLiveSpecification }));
}
