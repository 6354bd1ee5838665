import * as z from 'zod/mini';

const keySchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }));
const ProjectionType = z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']);
const Projection = z.object({ ProjectionType, NonKeyAttributes: z.optional(z.array(z.string())) });
const StreamViewType = z.enum(['NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES', 'KEYS_ONLY']);
const index = z.object({ IndexName: z.string(), KeySchema: keySchema, Projection });

/**
 * The properties of `AWS::DynamoDB::Table` and `AWS::DynamoDB::GlobalTable` that have a local meaning. Capacity, encryption,
 * replicas and deletion protection have none.
 */
export const tableProperties = z.object({
  TableName: z.optional(z.string()),
  KeySchema: keySchema,
  AttributeDefinitions: z.array(z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) })),
  GlobalSecondaryIndexes: z.optional(z.array(index)),
  LocalSecondaryIndexes: z.optional(z.array(index)),
  StreamSpecification: z.optional(z.object({ StreamViewType })),
  PointInTimeRecoverySpecification: z.optional(z.looseObject({ PointInTimeRecoveryEnabled: z.optional(z.boolean()) })),
  TimeToLiveSpecification: z.optional(z.object({ AttributeName: z.optional(z.string()), Enabled: z.boolean() })),
});

export type TableProperties = z.infer<typeof tableProperties>;

/** Returns the input of DynamoDB's CreateTable. */
export function createTableInput(name: string, properties: TableProperties) {
  return {
    TableName: name,
    KeySchema: properties.KeySchema,
    AttributeDefinitions: properties.AttributeDefinitions,
    BillingMode: 'PAY_PER_REQUEST' as const,
    GlobalSecondaryIndexes: properties.GlobalSecondaryIndexes,
    LocalSecondaryIndexes: properties.LocalSecondaryIndexes,
    ...(properties.StreamSpecification && {
      StreamSpecification: { StreamEnabled: true, StreamViewType: properties.StreamSpecification.StreamViewType },
    }),
  };
}

/** Returns the attribute that holds an item's expiry time in Unix seconds, if items expire. */
export function ttlAttribute({ TimeToLiveSpecification: ttl }: TableProperties): string | undefined {
  return ttl?.Enabled ? ttl.AttributeName : undefined;
}
