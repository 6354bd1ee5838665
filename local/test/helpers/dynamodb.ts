import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CreateTableCommand,
  DynamoDBClient,
  type DynamoDBClientConfig,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { callService } from '../../services/call.ts';
import { createGuard } from '../../services/dynamodb/guard/guard.ts';
import { type Check, proxied } from '../../services/dynamodb/guard/proxy.ts';
import { createPointInTime } from '../../services/dynamodb/point-in-time.ts';
import { startDynamoDb as startServer } from '../../services/dynamodb/server.ts';
import { createTableInput, tableProperties, ttlAttribute } from '../../services/dynamodb/table-definition.ts';
import { dataFolder } from './data-folder.ts';
import { dynaliteRefusal } from './dynalite.ts';
import { credentials } from './world.ts';

/**
 * A DynamoDB of its own, by default for one test file, on a temporary folder. Items with a TTL are not swept. `calls` says how many it has got. `verify` and
 * `stop` throw when there were requests that AWS would have refused, even if nobody minded the error.
 */
export async function startDynamoDb(folder = dataFolder('dynamodb-')): Promise<{
  endpoint: string;
  calls(): number;
  verify(): void;
  stop(): Promise<void>;
}> {
  const file = join(folder, 'dynamodb.sqlite');
  const server = await startServer({ file, log: console });
  const guard = createGuard(server.endpoint);
  const refused = new Set<string>();
  let calls = 0;
  const check: Check = async (operation, body) => {
    calls += 1;
    const refusal = (await guard(operation, body)) ?? dynaliteRefusal(operation, body);
    if (refusal) refused.add(`${operation}: ${refusal.message}`);
    return refusal;
  };
  // Signatures aren't verified: it is called by stacks with access keys of their own, and through proxies that change requests.
  const direct = { credentials, region: 'us-east-1', endpoint: async () => server.endpoint };
  const serve = createPointInTime(file, (operation, input) =>
    callService(direct, `DynamoDB_20120810.${operation}`, input),
  );
  const proxy = await proxied(server, { check, admit: () => undefined, serve });
  return {
    endpoint: proxy.endpoint,
    calls: () => calls,
    verify,
    async stop() {
      await proxy.stop();
      await rm(folder, { recursive: true });
      verify();
    },
  };

  function verify(): void {
    const all = [...refused].join('\n');
    refused.clear();
    if (all !== '') throw new Error(`AWS would refuse:\n${all}`);
  }
}

/** Returns an SDK client for a local endpoint. */
export function dynamoDbClient(endpoint: string, config: DynamoDBClientConfig = {}): DynamoDBClient {
  return new DynamoDBClient({ credentials, ...config, endpoint, region: 'us-east-1' });
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
