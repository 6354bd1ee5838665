import {
  CreateTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  ListTagsOfResourceCommand,
  RestoreTableToPointInTimeCommand,
  type TableDescription,
  TagResourceCommand,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';

/** Tables by the ids of `lib/constructs/tables.ts`: their names. */
export type TableNames = Readonly<Record<string, string>>;

/** A table of `restored.json`. */
export interface RestoredTable {
  readonly tableArn: string;
  readonly tableStreamArn?: string;
}

/** This one has nothing that can't be made anew. It begins empty. */
const madeAnew = 'PresenceSubscriptions';

/** Restoring takes minutes or hours, by the size of the largest partition ("Restoring a table to a point in time"). */
const waitSeconds = 24 * 3_600;

async function describe(client: DynamoDBClient, TableName: string): Promise<TableDescription> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName }));
  if (!Table) throw new Error(`There is no table ${TableName}`);
  return Table;
}

/**
 * Restores all tables to the same second, beside those in use, and waits until they are there. The names of the new tables begin with
 * `prefix`.
 */
export async function restoreTables(
  client: DynamoDBClient,
  sources: TableNames,
  { prefix, to }: { prefix: string; to: Date },
): Promise<TableNames> {
  const targets = Object.fromEntries(Object.keys(sources).map((id) => [id, `${prefix}-${id}`]));
  for (const [id, source] of Object.entries(sources)) {
    const TargetTableName = targets[id] ?? '';
    if (id === madeAnew) {
      const { KeySchema, AttributeDefinitions } = await describe(client, source);
      const BillingMode = 'PAY_PER_REQUEST';
      await client.send(
        new CreateTableCommand({ TableName: TargetTableName, KeySchema, AttributeDefinitions, BillingMode }),
      );
    } else
      await client.send(
        new RestoreTableToPointInTimeCommand({ SourceTableName: source, TargetTableName, RestoreDateTime: to }),
      );
  }
  for (const TableName of Object.values(targets))
    await waitUntilTableExists({ client, maxWaitTime: waitSeconds }, { TableName });
  return targets;
}

/**
 * Gives the restored tables what a restored table doesn't have: stream, time to live, tags, and recovery of its own. The stream comes
 * last, when the data are as they shall be, so that nobody is told of the repairs.
 */
export async function finishTables(
  client: DynamoDBClient,
  sources: TableNames,
  targets: TableNames,
): Promise<Record<string, RestoredTable>> {
  const finished: Record<string, RestoredTable> = {};
  for (const [id, TableName] of Object.entries(targets)) {
    const [source, target] = [await describe(client, sources[id] ?? ''), await describe(client, TableName)];
    const tableArn = target.TableArn ?? '';
    const { Tags = [] } = await client.send(new ListTagsOfResourceCommand({ ResourceArn: source.TableArn }));
    // CloudFormation's own tags begin with `aws:`, which nobody else may set.
    const own = Tags.filter(({ Key }) => !Key?.startsWith('aws:'));
    if (own.length > 0) await client.send(new TagResourceCommand({ ResourceArn: tableArn, Tags: own }));
    const ttl = await client.send(new DescribeTimeToLiveCommand({ TableName: sources[id] ?? '' }));
    const { AttributeName, TimeToLiveStatus } = ttl.TimeToLiveDescription ?? {};
    if (AttributeName !== undefined && TimeToLiveStatus === 'ENABLED') {
      const TimeToLiveSpecification = { AttributeName, Enabled: true };
      await client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
    }
    const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true };
    await client.send(new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification }));
    const { StreamSpecification } = source;
    if (StreamSpecification?.StreamEnabled) {
      await client.send(new UpdateTableCommand({ TableName, StreamSpecification }));
      await waitUntilTableExists({ client, maxWaitTime: waitSeconds }, { TableName });
    }
    const { LatestStreamArn } = await describe(client, TableName);
    // The local DynamoDB's ARNs have a region that there isn't, which CDK refuses. On AWS this changes nothing.
    const region = await client.config.region();
    const inRegion = (arn: string) => arn.replace(/^(arn:[^:]+:dynamodb:)[^:]+/, `$1${region}`);
    const stream = LatestStreamArn !== undefined && { tableStreamArn: inRegion(LatestStreamArn) };
    finished[id] = { tableArn: inRegion(tableArn), ...stream };
  }
  return finished;
}
