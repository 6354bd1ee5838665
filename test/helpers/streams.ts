import { handlers } from '#local/event-sources/index.ts';
import { createResource } from '#local/test/helpers/resources.ts';
import { testWorld } from '#local/test/helpers/world.ts';

interface Reader {
  readonly filters: readonly object[];
  readonly handler: (event: unknown) => unknown;
}

/** Calls functions in this process with the records of a table's stream, as Lambda does. */
export async function readStream(endpoint: string, table: string, readers: Readonly<Record<string, Reader>>) {
  const functions = Object.fromEntries(Object.entries(readers).map(([name, { handler }]) => [name, handler]));
  const world = testWorld({ functions, startService: async () => endpoint });
  for (const [name, { filters }] of Object.entries(readers))
    await createResource(
      handlers,
      world,
      'AWS::Lambda::EventSourceMapping',
      {
        EventSourceArn: `arn:aws:dynamodb:us-east-1:000000000000:table/${table}/stream/any`,
        FunctionName: name,
        FilterCriteria: { Filters: filters.map((filter) => ({ Pattern: JSON.stringify(filter) })) },
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      },
      name,
    );
  await world.ready();
  return world;
}
