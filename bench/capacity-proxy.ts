import { Agent, createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import * as z from 'zod/mini';

/** The requests to DynamoDB, and the capacity units that it reports for them. */
export interface Capacity {
  calls: number;
  readUnits: number;
  writeUnits: number;
}

const Units = z.object({ CapacityUnits: z.number() });
const Answer = z.object({
  __type: z.optional(z.string()),
  ConsumedCapacity: z.optional(z.union([z.array(Units), Units])),
});

const reads = new Set(['GetItem', 'BatchGetItem', 'Query', 'Scan', 'TransactGetItems']);

/** A proxy for a DynamoDB endpoint. It requests `ConsumedCapacity` with each call, and adds it up in `capacity`. */
export async function startCapacityProxy(target: string, capacity: Capacity) {
  const agent = new Agent({ keepAlive: true });

  async function forward(request: IncomingMessage, body: Buffer): Promise<{ from: IncomingMessage; content: Buffer }> {
    const headers = { ...request.headers, host: new URL(target).host, 'content-length': body.byteLength };
    const call = httpRequest(target, { agent, method: request.method ?? 'POST', headers });
    const from = await new Promise<IncomingMessage>((resolve, reject) => {
      call.on('response', resolve).on('error', reject).end(body);
    });
    return { from, content: await buffer(from) };
  }

  function count(operation: string, answer: z.infer<typeof Answer>): void {
    capacity.calls++;
    const units = [answer.ConsumedCapacity ?? []].flat().reduce((sum, { CapacityUnits }) => sum + CapacityUnits, 0);
    if (reads.has(operation)) capacity.readUnits += units;
    // A write whose condition fails consumes capacity, too, but DynamoDB doesn't report it. It is at least one unit.
    else capacity.writeUnits += answer.__type?.endsWith('ConditionalCheckFailedException') ? 1 : units;
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    const asked = JSON.parse((await buffer(request)).toString());
    const isData = !/Table|TimeToLive|Stream|Shard|Records/.test(operation);
    const body = Buffer.from(JSON.stringify(isData ? { ...asked, ReturnConsumedCapacity: 'TOTAL' } : asked));
    const { from, content } = await forward(request, body);
    if (isData) count(operation, Answer.parse(JSON.parse(content.toString())));
    response.writeHead(from.statusCode ?? 500, from.headers).end(content);
  }

  const server = createServer((request, response) => {
    // Calls that are under way when everything stops fail, and so does the caller's.
    answer(request, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop(): Promise<void> {
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
