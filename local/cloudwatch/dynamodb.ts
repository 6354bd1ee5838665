import * as z from 'zod/mini';
import type { Figures } from './figures.ts';

/** The operations that change nothing, and use read units. */
export const reads: readonly string[] = ['GetItem', 'BatchGetItem', 'Query', 'Scan', 'TransactGetItems'];
export const writes = ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'TransactWriteItems'];

type Answered = { readonly operation: string; readonly body: Buffer; readonly ms: number };

const Units = z.object({ TableName: z.string(), CapacityUnits: z.number() });
const Consumed = z.union([z.array(Units), Units]);
const done = Buffer.from('HTTP/1.1 200');
const asking = '"ReturnConsumedCapacity":"TOTAL",';

/**
 * Asks for the units of a request, which is the bytes of its head and body. A request that asks for them itself stays as it is, and so
 * does one that uses no units.
 */
export function askForUnits(operation: string, bytes: Buffer, body: Buffer): Buffer {
  if (![...reads, ...writes].includes(operation) || body.includes('"ReturnConsumedCapacity"')) return bytes;
  const head = bytes
    .toString('latin1', 0, bytes.length - body.length)
    .replace(/^(content-length:) *\d+/im, `$1 ${body.length + asking.length}`);
  const start = body.indexOf('{') + 1;
  return Buffer.concat([Buffer.from(`${head}{${asking}`, 'latin1'), body.subarray(start)]);
}

/**
 * Puts the figures of a request that was answered ("DynamoDB metrics and dimensions"). `answer` is the bytes of its head and body.
 * The units of an index count as its table's. A write whose condition fails uses at least one unit, which DynamoDB doesn't tell.
 */
export function putUnits(figures: Figures, { operation, body, ms }: Answered, answer: Buffer): void {
  const put = (name: string, dimensions: Record<string, string>, value: number) =>
    figures.put({ namespace: 'AWS/DynamoDB', name, dimensions }, value);
  const isRefused = !answer.subarray(0, done.length).equals(done);
  const named = () => [...body.toString().matchAll(/"(?:TableName":|RequestItems":\{)"([^"]+)"/g)];
  if (isRefused && (answer.includes('ThrottlingException"') || answer.includes('ThrottlingError"')))
    for (const TableName of new Set(named().map(([, name = '']) => name)))
      put(reads.includes(operation) ? 'ReadThrottleEvents' : 'WriteThrottleEvents', { TableName }, 1);
  const units = reads.includes(operation) ? 'ConsumedReadCapacityUnits' : 'ConsumedWriteCapacityUnits';
  if (isRefused && answer.includes('ConditionalCheckFailedException"')) {
    const TableName = /"TableName":"([^"]+)"/.exec(body.toString())?.[1] ?? '';
    put('ConditionalCheckFailedRequests', { TableName }, 1);
    put(units, { TableName }, 1);
  }
  for (const { TableName, CapacityUnits } of consumedIn(answer)) {
    put(units, { TableName }, CapacityUnits);
    put('SuccessfulRequestLatency', { TableName, Operation: operation }, ms);
  }
}

/** Attribute names are the only other place where this text can stand, and what follows them has another shape. */
function consumedIn(answer: Buffer): z.infer<typeof Units>[] {
  const at = answer.indexOf('"ConsumedCapacity":');
  if (at < 0) return [];
  const [, found] = /^"ConsumedCapacity":(\{[^{}]*\}|\[[^\]]*\])/.exec(answer.toString('utf8', at, at + 65_536)) ?? [];
  const { data } = Consumed.safeParse(found === undefined ? undefined : JSON.parse(found));
  return [data ?? []].flat();
}
