import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** A client that adds up in `used` the capacity units of all its calls. */
export function countingUnits(client: DynamoDBClient) {
  const used = { reads: 0, writes: 0 };
  const counting = new Proxy(client, {
    get(target, property) {
      if (property !== 'send') return Reflect.get(target, property);
      return async (command: Parameters<DynamoDBClient['send']>[0]) => {
        Object.assign(command.input, { ReturnConsumedCapacity: 'TOTAL' });
        const answer = await target.send(command);
        const consumed = 'ConsumedCapacity' in answer ? [answer.ConsumedCapacity ?? []].flat() : [];
        const units = consumed.reduce((sum, one) => sum + ('CapacityUnits' in one ? (one.CapacityUnits ?? 0) : 0), 0);
        used[/^(Get|BatchGet|Query)/.test(command.constructor.name) ? 'reads' : 'writes'] += units;
        return answer;
      };
    },
  });
  return { client: counting, used };
}
