import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ServiceName, services } from '../services/names.ts';
import { toXml } from '../services/xml.ts';
import type { FaultTable } from './table.ts';

/** A service that may have faults. */
export interface Faulty {
  readonly service: ServiceName;
  readonly faults: FaultTable;
}

/** Says what a request for an operation of a service meets: a delay, and then perhaps something else. */
export function faultsOf({ service, faults }: Faulty, operation: string) {
  return {
    delayMs: faults.meet('delay', service, operation)?.ms ?? 0,
    fault:
      faults.meet('down', service, operation) ??
      faults.meet('throttle', service, operation) ??
      (isTransactional(operation) ? faults.meet('conflict', service, operation) : undefined) ??
      (/^Batch(Get|Write)Item$/.test(operation) ? faults.meet('unprocessed', service, operation) : undefined) ??
      (isRead(operation) ? undefined : faults.meet('full', service, operation)) ??
      faults.meet('lost-answer', service, operation),
  };
}

const isRead = (operation: string) => /^(Get|BatchGet|TransactGet|Query|Scan|List|Describe|GET|HEAD)/.test(operation);

/** "Transaction conflict handling in DynamoDB": reads of single items, and batches, meet no conflicts. */
const isTransactional = (operation: string) => /^(PutItem|UpdateItem|DeleteItem|Transact\w+)$/.test(operation);

/** The error that a service answers with. */
export function errorOf(service: ServiceName, kind: 'throttle' | 'full'): { status: number; code: string } {
  const [status, code] = services[service].throttled;
  if (kind === 'throttle') return { status, code };
  return { status: 500, code: service === 'DYNAMODB' ? 'InternalServerError' : 'InternalError' };
}

/**
 * Handles a request to a service unless a fault keeps it from that. SDKs read the code of an error in the header from some services, in
 * `__type` from others, and in XML from S3 and SNS.
 */
export async function handleWithFaults(
  faulty: Faulty,
  operation: string,
  request: IncomingMessage,
  response: ServerResponse,
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<void> {
  const { delayMs, fault } = faultsOf(faulty, operation);
  if (delayMs > 0) await sleep(delayMs);
  if (!fault) return handle(request, response);
  if (fault.kind === 'lost-answer') return handle(request, loseAnswer(request, response, fault.ms));
  if (fault.kind === 'down' || fault.kind === 'conflict' || fault.kind === 'unprocessed')
    return void request.socket.destroy();
  const { status, code } = errorOf(faulty.service, fault.kind);
  const error = { Code: code, Message: message };
  const isXml = faulty.service === 'S3' || faulty.service === 'SNS';
  request.resume();
  const type = isXml ? 'application/xml' : 'application/json';
  response.writeHead(status, { 'content-type': type, 'x-amzn-errortype': code, connection: 'close' });
  if (!isXml) response.end(JSON.stringify({ __type: code, message }));
  else response.end(faulty.service === 'S3' ? toXml('Error', error) : toXml('ErrorResponse', { Error: error }));
}

/** The message of the errors that the stack makes on purpose. */
export const message = 'A fault on purpose';

/** Cuts the connection, `ms` after the answer would have begun. */
function loseAnswer(request: IncomingMessage, response: ServerResponse, ms: number): ServerResponse {
  response.writeHead = () => {
    setTimeout(() => request.socket.destroy(), ms);
    return response;
  };
  response.write = () => true;
  response.end = () => response;
  return response;
}
