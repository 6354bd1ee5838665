/** Calls and frames whose input is of the wrong type or size, or just odd. */

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { type Edits, edits, nearly, nearlyText } from '#local/test/helpers/grammar.ts';
import { actions } from '#protocol/actions.ts';
import { type Operation, operations } from '#protocol/operations.ts';
import type { Route } from '#protocol/routes.ts';
import type { Call, Person } from '#test/helpers/api.ts';
import { type MovableClock, movableClock } from '#test/helpers/clock.ts';
import { checkReply } from '#test/helpers/contract.ts';
import { propertyTimeout, runs } from '#test/helpers/runs.ts';
import type { Cases, FrameCase } from './calls.ts';
import { insiders, setScene } from './cast.ts';
import { calls } from './every-call.ts';
import { frames } from './frames.ts';
import { oddBodies, oddTexts, oddValues, pathsIn, withAt } from './odd.ts';
import { rowsOf } from './rows.ts';

interface Attempt {
  readonly call: Omit<Call, 'token'>;
  /** The name of the field that is odd, if it is one field. */
  readonly field?: string;
  /** Whether the schemas of the contract don't allow it. */
  readonly malformed: boolean;
}

const nothing = z.strictObject({});
const fits = (schema: z.ZodMiniType = nothing, value: unknown) => schema.safeParse(value).success;

function isJsonOf(schema: z.ZodMiniType | undefined, text: string): boolean {
  try {
    return fits(schema, JSON.parse(text));
  } catch {
    return false;
  }
}

/** A valid call with one thing in it replaced, in every way that there is. */
function attemptsAt(route: Route, call: Omit<Call, 'token'>, ids: readonly string[]): Attempt[] {
  const operation: Operation = operations[route];
  const { body = {}, query = {}, params = {} } = call;
  const raw = (text: string, isBase64Encoded = false) => ({
    call: { ...call, raw: { body: isBase64Encoded ? Buffer.from(text).toString('base64') : text, isBase64Encoded } },
    malformed: !isJsonOf(operation.body, text),
  });
  const withQuery = (odd: Record<string, string>, field?: string) => ({
    call: { ...call, query: odd },
    malformed: !fits(operation.query, odd),
    ...(field !== undefined && { field }),
  });
  return [
    ...pathsIn(body).flatMap((path) =>
      [...oddValues, ...ids].map((odd) => ({
        ...raw(JSON.stringify(withAt(body, path, odd))),
        field: String(path.find((step) => typeof step === 'string')),
      })),
    ),
    ...Object.keys(query).flatMap((field) =>
      [...oddTexts, ...ids].map((odd) => withQuery({ ...query, [field]: odd }, field)),
    ),
    ...['unknown', '__proto__', 'constructor', 'toString'].map((key) =>
      withQuery(Object.defineProperty({ ...query }, key, { value: 'a', enumerable: true })),
    ),
    ...Object.keys(params).flatMap((name) =>
      [...oddTexts, ...ids].map((odd) => ({ call: { ...call, params: { ...params, [name]: odd } }, malformed: false })),
    ),
    // A route without a body refuses any, so a few of them must do.
    ...oddBodies.slice(0, operation.body ? undefined : 3).flatMap((text) => [raw(text), raw(text, true)]),
    { call: { ...call, raw: { body: 'no base64 \0', isBase64Encoded: true } }, malformed: true },
    { call: { ...call, raw: { body: '/w==', isBase64Encoded: true } }, malformed: true },
    {
      call: { ...call, raw: { body: '{"\uFFFD":0}', isBase64Encoded: false }, headers: { 'content-length': '7' } },
      malformed: true,
    },
    {
      call: { ...call, raw: { body: '{}', isBase64Encoded: false }, headers: { 'content-encoding': 'gzip' } },
      malformed: true,
    },
  ];
}

/** Whether a reason names the field, or says that the JSON was too wide or deep to be looked at. */
const names = (reason: string, field: string) => reason.includes(field) || /\bvalues\b.*\blevels\b/.test(reason);

/** Routes that hash a password for whatever is well-formed, which takes most of the time: some of that must do. */
const hashing = new Set<Route>([
  'POST /auth/register',
  'POST /auth/login',
  'POST /auth/confirm',
  'POST /auth/password',
]);

let clock: MovableClock;
beforeAll(() => {
  clock = movableClock();
});
afterAll(() => clock.stop());

/** Asks again, after the time that it names, while the answer is that it was too often. */
async function patiently<T>(ask: () => Promise<T>, problemOf: (answer: T) => { code: string; retryAfterMs?: number }) {
  for (;;) {
    const answer = await ask();
    const problem = problemOf(answer);
    if (problem?.code !== 'rate_limited') return answer;
    clock.pass(problem.retryAfterMs ?? 1);
  }
}

const scene = setScene();

/** Ids of other things than the one that a field is about, and of other people. */
const ids = () => [scene().group, scene().file, scene().people.stranger.id, scene().direct.blocker];

async function allowed(route: Route): Promise<{ by: Person; call: Omit<Call, 'token'> }> {
  const [{ request, may }] = calls[route];
  const kind = typeof may === 'string' ? 'stranger' : insiders.findLast((kind) => may[kind] === 'ok');
  const by = may === 'oneself' ? await scene().extra() : scene().people[kind ?? 'owner'];
  return { by, call: await request(scene(), by) };
}

describe.each(Object.keys(operations) as Route[])('odd input of %s', (route) => {
  test('is answered by the contract, with the field’s name, and what is malformed is not stored', async () => {
    const { by, call } = await allowed(route);
    const attempts = attemptsAt(route, call, ids());
    const run = async ({ call: odd, field, malformed }: Attempt) => {
      const { status, body } = await patiently(
        () => by.call(route, odd),
        ({ body }) => body,
      );
      const what = `${route} answered ${status} ${JSON.stringify(body)} to ${JSON.stringify(odd).slice(0, 300)}`;
      if (Number(status) >= 500 || (malformed && Number(status) < 400)) expect.fail(what);
      if (body?.code === 'bad_request' && field && !names(body.detail, field)) expect.fail(what);
    };
    const before = await rowsOf(scene());
    for (const attempt of attempts) if (attempt.malformed) await run(attempt);
    expect(await rowsOf(scene())).toEqual(before);
    const wellFormed = attempts.filter(({ malformed }) => !malformed);
    for (const attempt of wellFormed.slice(0, hashing.has(route) ? 10 : undefined)) await run(attempt);
  });
});

test.each(Object.keys(frames) as (keyof typeof frames)[])(
  'odd frames of %s are answered by the contract, leave the socket open, and if they are malformed nothing is stored',
  async (action) => {
    const { people } = scene();
    const by = people.member;
    const [{ request }]: Cases<FrameCase> = frames[action];
    const frame = { id: 'odd', ...(await request(scene(), by)) };
    const socket = await scene().api.openSocket(by.token);
    async function answerTo(text: string) {
      socket.send(text);
      for (;;) {
        const answer = Object(await socket.nextJson());
        if (!('events' in answer)) return answer;
      }
    }
    const attempts = [
      ...pathsIn(frame).flatMap((path) =>
        [...oddValues, ...ids()].map((odd) => ({
          text: JSON.stringify(withAt(frame, path, odd)),
          field: String(path[0]),
        })),
      ),
      ...['unknown', '__proto__', 'constructor'].map((key) => ({
        text: `${JSON.stringify(frame).slice(0, -1)},"${key}":1}`,
        field: '',
      })),
      ...oddBodies.map((text) => ({ text, field: '' })),
    ].map((attempt) => ({ ...attempt, malformed: !isJsonOf(actions[action].frame, attempt.text) }));
    const run = async ({ text, field, malformed }: (typeof attempts)[number]) => {
      const answer = await patiently(
        () => answerTo(text),
        ({ error }) => error,
      );
      const what = `${JSON.stringify(answer)} to ${text.slice(0, 300)}`;
      // A malformed frame is answered as one of an unknown action may be.
      checkReply(malformed ? {} : JSON.parse(text), answer);
      if (malformed && !answer.error) expect.fail(what);
      if (['internal', 'unavailable'].includes(answer.error?.code)) expect.fail(what);
      if (answer.error?.code === 'bad_request' && !names(answer.error.message, field)) expect.fail(what);
    };
    const before = await rowsOf(scene());
    for (const attempt of attempts) if (attempt.malformed) await run(attempt);
    expect(await rowsOf(scene())).toEqual(before);
    for (const attempt of attempts) if (!attempt.malformed) await run(attempt);
    socket.webSocket.close();
  },
);

/** Calls whose effect on the scene would make what comes after them meaningless, or which hash a password. */
const spared = (route: Route) => hashing.has(route) || calls[route][0].may === 'oneself';
const routes = (Object.keys(operations) as Route[]).filter((route) => !spared(route));
const actionNames = Object.keys(frames) as (keyof typeof frames)[];

/** A page's cursor, where there is one, so that cursors are met that are nearly valid. */
async function withCursor(route: Route, by: Person, call: Omit<Call, 'token'>): Promise<Omit<Call, 'token'>> {
  if (!fits((operations[route] as Operation).query, { ...call.query, cursor: 'a' })) return call;
  const { body } = await by.call(route, { ...call, query: { limit: '1' } });
  return { ...call, query: { ...call.query, cursor: String(body?.nextCursor ?? 'eyJhIjoxfQ') } };
}

async function callNearly(route: Route, made: Edits): Promise<string | undefined> {
  const { by, call } = await allowed(route);
  const { body, query = {}, params = {}, ...rest } = await withCursor(route, by, call);
  const texts = (valid: Record<string, string>) =>
    Object.fromEntries(Object.entries(valid).map(([name, text]) => [name, nearlyText(text, made.text)]));
  const raw = { body: body === undefined ? nearlyText('', made.text) : nearly(body, made), isBase64Encoded: false };
  // What is still valid is compared with the contract by `body`.
  const odd = { ...rest, body, query: texts(query), params: texts(params), ...(raw.body !== '' && { raw }) };
  const { status } = await patiently(
    () => by.call(route, odd),
    ({ body }) => body,
  );
  return Number(status) >= 500 ? `${route} answered ${status} to ${JSON.stringify(odd)}` : undefined;
}

test(
  'whatever is nearly a call, a frame or a cursor is answered, and never by a fault of the server',
  async () => {
    const by = scene().people.member;
    const socket = await scene().api.openSocket(by.token);
    async function sendNearly(action: keyof typeof frames, made: Edits): Promise<string | undefined> {
      const [{ request }]: Cases<FrameCase> = frames[action];
      const text = nearly({ id: 'odd', ...(await request(scene(), by)) }, made);
      socket.send(text);
      for (;;) {
        const answer = Object(await socket.nextJson());
        if ('events' in answer) continue;
        if (answer.error?.code !== 'rate_limited')
          return ['internal', 'unavailable'].includes(answer.error?.code)
            ? `${JSON.stringify(answer)} to ${text}`
            : undefined;
        clock.pass(answer.error.retryAfterMs ?? 1);
        return undefined;
      }
    }
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.record({ route: fc.constantFrom(...routes), edits }),
          fc.record({ action: fc.constantFrom(...actionNames), edits }),
        ),
        async (attempt) => {
          const wrong =
            'route' in attempt
              ? await callNearly(attempt.route, attempt.edits)
              : await sendNearly(attempt.action, attempt.edits);
          expect(wrong).toBeUndefined();
        },
      ),
      runs(150),
    );
    socket.webSocket.close();
  },
  propertyTimeout,
);
