import * as z from 'zod/mini';
import { physicalName } from '../../assembly/skipped.ts';
import { handle } from '../../handle.ts';
import { StackError } from '../../types.ts';
import { callService } from '../call.ts';
import { unless } from '../error.ts';
import { createTableInput, type TableProperties, tableProperties, ttlAttribute } from './table-definition.ts';
import { sweepRegularly } from './ttl.ts';

const described = z.object({
  Table: z.object({
    KeySchema: tableProperties.shape.KeySchema,
    GlobalSecondaryIndexes: z.optional(z.array(z.object({ IndexName: z.string() }))),
    LatestStreamArn: z.optional(z.string()),
    StreamSpecification: z.optional(z.object({ StreamEnabled: z.boolean(), StreamViewType: z.optional(z.string()) })),
  }),
});
type Table = z.infer<typeof described>['Table'];

/** Handles tables, which keep their data between starts. A change in the template is applied if DynamoDB can apply it. */
const table = (type: string) =>
  handle(type, tableProperties, async (properties, world, resource) => {
    const name = physicalName({ ...resource, type: 'AWS::DynamoDB::Table' });
    const dynamodb = (operation: string, input: unknown) => callService(world, `DynamoDB_20120810.${operation}`, input);

    const existing = await describe(dynamodb, name);
    if (existing) await update(dynamodb, name, existing, properties);
    else await dynamodb('CreateTable', createTableInput(name, properties));
    const table = await describe(dynamodb, name);

    const expiry = ttlAttribute(properties);
    await setTimeToLive(dynamodb, name, expiry);
    if (expiry !== undefined) sweepRegularly(name, expiry, world);

    if (properties.PointInTimeRecoverySpecification?.PointInTimeRecoveryEnabled) await keepStates(dynamodb, name);

    const arn = `arn:aws:dynamodb:${world.region}:${world.account}:table/${name}`;
    // Only the label after `/stream/` is taken from the server, because its ARNs have another region.
    const label = table?.LatestStreamArn?.replace(/^.*\/stream\//, '');
    return { ref: name, attributes: { Arn: arn, ...(label && { StreamArn: `${arn}/stream/${label}` }) } };
  });
export const tables = [table('AWS::DynamoDB::Table'), table('AWS::DynamoDB::GlobalTable')];

type DynamoDb = (operation: string, input: unknown) => Promise<unknown>;

async function describe(dynamodb: DynamoDb, TableName: string): Promise<Table | undefined> {
  const found = await dynamodb('DescribeTable', { TableName }).catch(unless('ResourceNotFoundException'));
  return found === undefined ? undefined : described.parse(found).Table;
}

async function update(dynamodb: DynamoDb, name: string, existing: Table, wanted: TableProperties): Promise<void> {
  if (keys(existing.KeySchema) !== keys(wanted.KeySchema))
    throw new StackError(
      `The template gives the table ${name} another key (${keys(wanted.KeySchema)}) than its data has (${keys(existing.KeySchema)}); remove the data folder, or rename the table.`,
    );
  const { StreamSpecification, ...definition } = createTableInput(name, wanted);
  if (StreamSpecification && existing.StreamSpecification?.StreamEnabled !== true)
    await dynamodb('UpdateTable', { TableName: name, StreamSpecification });
  for (const index of definition.GlobalSecondaryIndexes ?? []) {
    if (existing.GlobalSecondaryIndexes?.some(({ IndexName }) => IndexName === index.IndexName)) continue;
    const { AttributeDefinitions } = definition;
    const GlobalSecondaryIndexUpdates = [{ Create: index }];
    await dynamodb('UpdateTable', { TableName: name, AttributeDefinitions, GlobalSecondaryIndexUpdates });
  }
}

function keys(schema: TableProperties['KeySchema']): string {
  return schema.map(({ AttributeName, KeyType }) => `${AttributeName} ${KeyType}`).join(', ');
}

/** Turns point-in-time recovery on. A DynamoDB that was given from outside may lack it. */
async function keepStates(dynamodb: DynamoDb, TableName: string): Promise<void> {
  const input = { TableName, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } };
  await dynamodb('UpdateContinuousBackups', input).catch(unless('UnknownOperationException'));
}

async function setTimeToLive(dynamodb: DynamoDb, TableName: string, attribute: string | undefined): Promise<void> {
  const current = timeToLive.parse(await dynamodb('DescribeTimeToLive', { TableName })).TimeToLiveDescription;
  const enabled = current.TimeToLiveStatus === 'ENABLED' ? current.AttributeName : undefined;
  if (enabled === attribute) return;
  const set = (AttributeName: string, Enabled: boolean) =>
    dynamodb('UpdateTimeToLive', { TableName, TimeToLiveSpecification: { AttributeName, Enabled } });
  if (enabled !== undefined) await set(enabled, false);
  if (attribute !== undefined) await set(attribute, true);
}

const text = z.optional(z.string());
const timeToLive = z.object({ TimeToLiveDescription: z.object({ TimeToLiveStatus: text, AttributeName: text }) });
