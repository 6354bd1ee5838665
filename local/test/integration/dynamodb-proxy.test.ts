import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { FaultTable } from '../../faults/table.ts';
import { type Check, proxied } from '../../services/dynamodb/guard/proxy.ts';
import { Refusal } from '../../services/dynamodb/guard/refusal.ts';
import { ServiceError } from '../../services/error.ts';
import { serveHttp } from '../../services/http-service.ts';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A proxy that refuses requests with the word "bad" before a server that answers how long the body was. */
async function start() {
  const faults = new FaultTable();
  const server = await serveHttp(async (request, response) => void response.end(String((await text(request)).length)), {
    service: 'DYNAMODB',
    faults,
  });
  const check: Check = async (operation, body) =>
    body.includes('bad') ? new Refusal(`${operation} is refused`) : undefined;
  const proxy = await proxied(server, {
    check,
    admit({ body }) {
      if (body.includes('stranger')) throw new ServiceError('UnrecognizedClientException', 'Who are you?');
    },
  });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  cleanups.push(proxy.stop, async () => agent.destroy());
  const post = async (...pieces: string[]) => {
    const call = request(proxy.endpoint, {
      method: 'POST',
      agent,
      headers: { 'x-amz-target': 'DynamoDB_20120810.PutItem', 'content-length': pieces.join('').length },
    });
    const answer = new Promise<string>((resolve, reject) => {
      call.on('response', (response) => resolve(text(response))).on('error', reject);
    });
    call.flushHeaders();
    for (const piece of pieces) {
      await sleep(5);
      call.write(piece);
    }
    call.end();
    return answer;
  };
  return {
    post,
    sockets: () => Object.values(agent.freeSockets).flat(),
    bringDown: () => faults.add({ target: '*', kind: 'down' }),
  };
}

test('a request comes to the server as it was, in however many pieces it came', async () => {
  const { post } = await start();
  expect(await post('x', 'y'.repeat(200_000), 'z')).toBe('200002');
});

test('a refused request is answered with its error, and its connection takes the next one', async () => {
  const { post, sockets } = await start();
  await post('good');
  const before = sockets();
  expect(JSON.parse(await post('b', 'ad'))).toEqual({
    __type: 'com.amazonaws.dynamodb.v20120810#ValidationException',
    message: 'PutItem is refused',
  });
  expect(await post('good')).toBe('4');
  expect(sockets()).toEqual(before);
});

test('whoever may not call is answered, and then not listened to any further', async () => {
  const { post, sockets } = await start();
  expect(JSON.parse(await post('stranger'))).toMatchObject({
    __type: 'com.amazonaws.dynamodb.v20120810#UnrecognizedClientException',
  });
  await expect.poll(sockets).toEqual([]);
});

test('what the server cuts off is cut off', async () => {
  const { post, bringDown } = await start();
  bringDown();
  await expect(post('good')).rejects.toMatchObject({ code: 'ECONNRESET' });
});
