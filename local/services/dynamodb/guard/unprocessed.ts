import * as z from 'zod/mini';
import { httpAnswer } from './answers.ts';
import type { RawRequest } from './requests.ts';

const Writes = z.array(z.unknown());
const Keys = z.looseObject({ Keys: z.array(z.unknown()) });
const Batch = z.looseObject({ RequestItems: z.record(z.string(), z.union([Writes, Keys])) });
type Part = z.infer<typeof Writes> | z.infer<typeof Keys>;

/** A batch of which only the first half of each table's part is done. */
export interface Halved {
  readonly request: RawRequest;
  /** The answer to that request, as the answer to the whole batch. */
  answerOf(answer: RawRequest): Buffer | string;
}

/**
 * Takes the second halves out of a `BatchGetItem` or `BatchWriteItem`. Undefined for everything else, and for a batch of single items:
 * DynamoDB does one at least, or throws ("BatchWriteItem", "BatchGetItem").
 */
export function halved(operation: string, request: RawRequest): Halved | undefined {
  if (operation !== 'BatchGetItem' && operation !== 'BatchWriteItem') return undefined;
  const batch = Batch.parse(JSON.parse(request.body.toString()));
  const parts = Object.entries(batch.RequestItems);
  const rest = parts.filter(([, part]) => sizeOf(part) > 1).map(([table, part]) => [table, half(part, 'second')]);
  if (rest.length === 0) return undefined;
  const RequestItems = Object.fromEntries(parts.map(([table, part]) => [table, half(part, 'first')]));
  const left = {
    [operation === 'BatchGetItem' ? 'UnprocessedKeys' : 'UnprocessedItems']: Object.fromEntries(rest),
  };
  return {
    request: withBody(request, Buffer.from(JSON.stringify({ ...batch, RequestItems }))),
    // An error says nothing of what was left.
    answerOf: ({ url: status, body, bytes }) =>
      status === '200' ? httpAnswer(200, { ...JSON.parse(body.toString()), ...left }) : bytes,
  };
}

const listOf = (part: Part) => ('Keys' in part ? part.Keys : part);
const sizeOf = (part: Part) => listOf(part).length;

function half(part: Part, which: 'first' | 'second'): Part {
  const middle = Math.ceil(sizeOf(part) / 2);
  const of = (list: unknown[]) => (which === 'first' ? list.slice(0, middle) : list.slice(middle));
  return 'Keys' in part ? { ...part, Keys: of(part.Keys) } : of(part);
}

function withBody(request: RawRequest, body: Buffer): RawRequest {
  const head = request.bytes
    .toString('latin1', 0, request.bytes.length - request.body.length)
    .replace(/^(content-length:) *\d+/im, `$1 ${body.length}`);
  return { ...request, body, bytes: Buffer.concat([Buffer.from(head, 'latin1'), body]) };
}
