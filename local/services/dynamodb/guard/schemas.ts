import * as z from 'zod/mini';
import { callService } from '../../call.ts';
import { unless } from '../../error.ts';
import { tableProperties } from '../table-definition.ts';

/** The keys of a table and, by their names, of its indexes. */
export type TableKeys = NonNullable<Awaited<ReturnType<typeof describe>>>;
/** One of the two attributes that make a key. */
export type KeyAttribute = TableKeys['table'][number];

const { KeySchema, AttributeDefinitions } = tableProperties.shape;
const Indexes = z._default(z.array(z.object({ IndexName: z.string(), KeySchema })), []);
const Described = z.object({
  Table: z.object({ KeySchema, AttributeDefinitions, GlobalSecondaryIndexes: Indexes, LocalSecondaryIndexes: Indexes }),
});

/** Asks a server for the keys of its tables, once for each until `forget`. */
export function createSchemas(endpoint: string) {
  const known = new Map<string, TableKeys>();
  return {
    /** Nothing where there is no such table. */
    async keysOf(table: string): Promise<TableKeys | undefined> {
      const keys = known.get(table) ?? (await describe(endpoint, table));
      if (keys) known.set(table, keys);
      return keys;
    },

    forget(): void {
      known.clear();
    },
  };
}

async function describe(endpoint: string, TableName: string) {
  // It wants a signature, but doesn't verify it.
  const credentials = { accessKeyId: 'guard', secretAccessKey: 'guard' };
  const server = { endpoint: async () => endpoint, credentials, region: 'us-east-1' };
  const asked = callService(server, 'DynamoDB_20120810.DescribeTable', { TableName });
  const found = await asked.catch(unless('ResourceNotFoundException'));
  if (found === undefined) return undefined;
  const { Table } = Described.parse(found);
  const types = new Map(Table.AttributeDefinitions.map((one) => [one.AttributeName, one.AttributeType]));
  const keys = (schema: z.infer<typeof KeySchema>) =>
    schema.map(({ AttributeName: name, KeyType: role }) => ({ name, role, type: types.get(name) ?? '' }));
  const indexes = [...Table.GlobalSecondaryIndexes, ...Table.LocalSecondaryIndexes];
  const ofIndexes = indexes.map((index) => [index.IndexName, keys(index.KeySchema)] as const);
  return { table: keys(Table.KeySchema), indexes: new Map(ofIndexes) };
}
