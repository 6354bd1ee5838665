import { STATUS_CODES } from 'node:http';
import * as z from 'zod/mini';
import { errorOf, type Faulty, message } from '../../../faults/service-faults.ts';

/** An error of DynamoDB, as the bytes of an HTTP answer. */
export function httpError(status: number, code: string, more: object, connection = 'keep-alive'): string {
  return httpAnswer(status, { __type: `com.amazonaws.dynamodb.v20120810#${code}`, ...more }, connection);
}

/** An answer of DynamoDB, as the bytes of an HTTP answer. */
export function httpAnswer(status: number, content: object, connection = 'keep-alive'): string {
  const body = JSON.stringify(content);
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: application/x-amz-json-1.0',
    `connection: ${connection}`,
    `content-length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');
}

const Transaction = z.object({ TransactItems: z.array(z.unknown()) });

/** The reasons with which DynamoDB cancels a transaction, of which the first action here is the cause ("TransactionCanceledException"). */
const reasons = {
  throttle: { Code: 'ThrottlingError', Message: message },
  conflict: { Code: 'TransactionConflict', Message: 'Transaction is ongoing for the item' },
} as const;

/** The answer to a request that meets a fault. */
export function faultyAnswer(
  service: Faulty['service'],
  kind: 'throttle' | 'conflict' | 'full',
  operation: string,
  body: Buffer,
): string {
  if (kind !== 'full' && operation.startsWith('Transact')) {
    const { TransactItems } = Transaction.parse(JSON.parse(body.toString()));
    const CancellationReasons = TransactItems.map((_, index) => (index === 0 ? reasons[kind] : { Code: 'None' }));
    const codes = CancellationReasons.map(({ Code }) => Code).join(', ');
    const why = `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`;
    return httpError(400, 'TransactionCanceledException', { message: why, CancellationReasons });
  }
  if (kind === 'conflict') return httpError(400, 'TransactionConflictException', { message: reasons.conflict.Message });
  const { status, code } = errorOf(service, kind);
  return httpError(status, code, { message });
}
