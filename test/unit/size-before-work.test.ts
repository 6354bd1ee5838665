import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { afterAll, describe, expect, test, vi } from 'vitest';
import * as z from 'zod/mini';
import { httpHandler, open } from '#lambdas/kit/http.ts';
import { readJson } from '#lambdas/kit/json.ts';
import { frameHandler } from '#lambdas/kit/socket.ts';
import { rates } from '#lib/rates.ts';
import { actions } from '#protocol/actions.ts';
import { limits } from '#protocol/limits.ts';
import { type Operation, operations } from '#protocol/operations.ts';
import { sizeOf } from '#protocol/size.ts';
import * as value from '#protocol/values.ts';
import { longestTextLookedAt } from '#test/helpers/work.ts';

vi.stubEnv('RATES', JSON.stringify(rates.dev));
afterAll(() => void vi.unstubAllEnvs());
const context = { awsRequestId: 'test' } as Context;

/** 512 KB of marks in the order that makes normalising them dear. */
const marks = `a${'\u0301\u0316'.repeat(256 * 1024)}`;

/** Inputs for a schema with the longest texts that a client could send, wherever it may have one; one for each member of a union. */
function hostile(schema: z.core.$ZodType): unknown[] {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'string':
      return [marks, 'a'.repeat(marks.length)];
    case 'literal':
      return [...def.values, marks];
    case 'optional':
    case 'default':
    case 'nullable':
      return hostile(def.innerType);
    case 'pipe':
      return hostile(def.in);
    case 'union':
      return def.options.flatMap(hostile);
    case 'array':
      return hostile(def.element).map((one) => [one, one]);
    case 'record':
      // zod also looks whether a key that isn't allowed is a number, once and from its beginning; the body's limit bounds that.
      return [{ [marks.slice(0, 4 * limits.textCharacters)]: 1 }];
    case 'object': {
      const fields = Object.entries(def.shape).map(([key, field]) => [key, hostile(field)] as const);
      const rounds = Math.max(...fields.map(([, inputs]) => inputs.length), 0);
      return Array.from({ length: rounds }, (_, i) =>
        Object.fromEntries(fields.map(([key, inputs]) => [key, inputs[i % inputs.length]])),
      );
    }
    default:
      return [marks];
  }
}

const inputs: [string, z.core.$ZodType & z.ZodMiniType][] = [
  ...Object.entries<Operation>(operations).flatMap(([route, { query, body }]) => [
    ...(query ? [[`the query of ${route}`, query] as [string, z.ZodMiniType]] : []),
    ...(body ? [[`the body of ${route}`, body] as [string, z.ZodMiniType]] : []),
  ]),
  ...Object.entries(actions).map(([action, { frame }]) => [`the action ${action}`, frame] as [string, z.ZodMiniType]),
  ...Object.entries(value).flatMap(([name, schema]) =>
    schema instanceof z.core.$ZodType && !['time', 'seq'].includes(name)
      ? [[`the value ${name}`, schema as z.ZodMiniType] as [string, z.ZodMiniType]]
      : [],
  ),
];

describe('the length of a text is looked at before anything else', () => {
  test.for(inputs)('in %s', async ([, schema]) => {
    const longest = await longestTextLookedAt(() => {
      for (const input of hostile(schema)) expect(schema.safeParse(input).success).toBe(false);
    });
    expect(longest).toBeLessThanOrEqual(4 * limits.textCharacters);
  });

  test.for(inputs)('and there is a largest one: %s', ([, schema]) => {
    // The largest is that of a sync, which names its conversations twice.
    expect(sizeOf(schema).units).toBeLessThanOrEqual(2.5 * 1024 * 1024);
  });

  test('a schema without one is refused when it is used', () => {
    expect(() =>
      open({ body: z.strictObject({ note: z.string() }), allow: 'everyone' }, async () => ({ ok: {} })),
    ).toThrow('no largest');
  });
});

describe('a text', () => {
  test('may be spelled with as many code units as NFC makes one character of', () => {
    const spelled = '\u03b1\u0313\u0300\u0345'.repeat(limits.textCharacters);
    expect(value.text.parse(spelled)).toBe('\u1f82'.repeat(limits.textCharacters));
    expect(value.text.safeParse(`${spelled}a`).success).toBe(false);
  });

  test('may stack marks, but not so many that normalising them is work', () => {
    expect(value.text.safeParse(`a${'\u0334'.repeat(60)} b${'\u0334'.repeat(60)}`).success).toBe(true);
    expect(value.text.safeParse(`a${'\u0334'.repeat(61)}`).success).toBe(false);
  });
});

describe.for(
  Object.entries<Operation>(operations).flatMap(([route, { body }]) => (body ? [[route, body] as const] : [])),
)('the body of %s', ([route, body]) => {
  const size = sizeOf(body);
  const run = vi.fn(async () => ({ ok: {} }));
  const handler = httpHandler({ [route]: open({ body, allow: 'everyone' }, run) } as never);
  const answerTo = async (text: string, isBase64Encoded = false) => {
    const requestContext = { requestId: 'r' };
    const event = { routeKey: route, headers: {}, body: text, isBase64Encoded, requestContext };
    return Object(await handler(event as APIGatewayProxyEventV2, context));
  };

  test.for([false, true])('is not parsed if it is too large (in base64: %s)', async (base64) => {
    const text = JSON.stringify({ a: 'a'.repeat(size.units + 2_000) });
    const sent = base64 ? Buffer.from(text.repeat(4)).toString('base64') : text;
    let answer: { statusCode?: number } = {};
    const longest = await longestTextLookedAt(async () => {
      answer = await answerTo(sent, base64);
    });
    expect(answer.statusCode).toBe(413);
    expect(longest).toBeLessThan(1_000);
    expect(run).not.toHaveBeenCalled();
  });

  test.for([
    ['deep', () => '['.repeat(size.depth + 5)],
    ['wide', () => `[${'1,'.repeat(size.values + 40)}1]`],
  ] as const)('is not parsed if it is %s', async ([, make]) => {
    const text = make();
    if (text.length > size.units) return;
    let answer: { statusCode?: number } = {};
    const longest = await longestTextLookedAt(async () => {
      answer = await answerTo(text);
    });
    expect(answer.statusCode).toBe(400);
    expect(longest).toBeLessThan(text.length);
  });
});

describe('JSON', () => {
  const size = { units: 1_000, values: 10, depth: 2 };

  test.for([
    '{}',
    '[]',
    '"a"',
    '1',
    '{"a":[1,2,{"b":null}],"c":"[[[[[[[[[[[[[[[[,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,"}',
    String.raw`{"a":"\"[[[[[[[[[[","b":"\\"}`,
  ])('within its size is parsed: %s', (text) => {
    expect(readJson(text, size)).toEqual({ ok: JSON.parse(text) });
  });

  test('may be as large as the largest that its schema accepts', () => {
    const { body } = operations['POST /sync'];
    const ids = Array.from(
      { length: limits.syncCursors },
      (_, i) => `0190a5a0-0000-7000-8000-${String(i).padStart(12, '0')}`,
    );
    const cursors = Object.fromEntries(ids.map((id) => [id, Number.MAX_SAFE_INTEGER]));
    const epochs = Object.fromEntries(ids.map((id) => [id, 'e'.repeat(20)]));
    const read = readJson(JSON.stringify({ cursors, epochs }), sizeOf(body));
    expect(read).toHaveProperty('ok');
    expect(body.safeParse('ok' in read && read.ok).success).toBe(true);
  });
});

describe('a frame', () => {
  const run = vi.fn(async () => ({ ok: {} }));
  const refused = vi.fn(async () => {});
  const schema = z.strictObject({ action: z.literal('note'), id: value.frameId, text: value.text });
  const send = async (body: string, userId = 'ann') => {
    const requestContext = { requestId: 'r', connectionId: 'c', authorizer: { userId, familyId: 'one' } };
    return JSON.parse(Object(await handler({ requestContext, body }, context)).body);
  };
  vi.stubEnv('RATES', JSON.stringify({ ...rates.dev, frames: { perSecond: 1, burst: 5 } }));
  const handler = frameHandler(schema, refused, run);

  test.for([
    ['deep', `{"id":"1","a":${'['.repeat(20_000)}`],
    ['wide', `{"id":"1","a":[${'1,'.repeat(10_000)}1]}`],
  ] as const)('is not parsed if it is %s', async ([, text]) => {
    let reply: unknown;
    const longest = await longestTextLookedAt(async () => {
      reply = await send(text, 'ben');
    });
    expect(reply).toMatchObject({ re: null, error: { code: 'bad_request' } });
    expect(longest).toBeLessThan(text.length);
  });

  test('over its sender’s rate is answered by its id before it is looked at, and the others go on', async () => {
    const frame = (id: number) => JSON.stringify({ action: 'note', id: String(id), text: 'hello' });
    for (let i = 0; i < 5; i++) expect(await send(frame(i))).toEqual({ re: String(i), ok: {} });
    expect(await send('{"id":"6"}')).toMatchObject({
      re: '6',
      error: { code: 'rate_limited', temporary: true, retryAfterMs: expect.any(Number) },
    });
    expect(run).toHaveBeenCalledTimes(5);
    expect(refused).toHaveBeenCalledTimes(1);
    expect(await send(frame(7), 'cara')).toEqual({ re: '7', ok: {} });
  });
});
