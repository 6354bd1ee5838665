import type { DynamoDb } from '#adapters/dynamo/client.ts';

/** A client that adds up in `used` the capacity units of all its calls. */
export function countingUnits(client: DynamoDb) {
  const used = { reads: 0, writes: 0 };
  const counting: DynamoDb = {
    async call(operation, input) {
      const answer = await client.call(operation, { ...input, ReturnConsumedCapacity: 'TOTAL' });
      const consumed = 'ConsumedCapacity' in answer ? [answer.ConsumedCapacity ?? []].flat() : [];
      const units = consumed.reduce((sum, one) => sum + ('CapacityUnits' in one ? (one.CapacityUnits ?? 0) : 0), 0);
      used[/^(Get|BatchGet|Query)/.test(operation) ? 'reads' : 'writes'] += units;
      return answer;
    },
  };
  return { client: counting, used };
}
