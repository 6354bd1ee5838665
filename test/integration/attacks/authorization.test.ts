/** Who may do what: each route and action, for everybody of the cast. */

import { describe, expect, test } from 'vitest';
import { operations } from '#protocol/operations.ts';
import type { Route } from '#protocol/routes.ts';
import type { CallCase, Cases, FrameCase } from './calls.ts';
import { insiders, outsiders, setScene } from './cast.ts';
import { calls } from './every-call.ts';
import { frames } from './frames.ts';
import { rowsOf } from './rows.ts';

const routes = Object.keys(operations) as Route[];
const actionNames = Object.keys(frames) as (keyof typeof frames)[];

/** The codes of the insiders that a case names, in the order of `insiders`. */
function expected({ may }: CallCase | FrameCase): { kind: (typeof insiders)[number]; code: string }[] {
  if (typeof may === 'string') return [];
  return insiders.flatMap((kind) => (may[kind] === undefined ? [] : { kind, code: may[kind] }));
}

const isRefused = ({ code }: { code: string }) => code !== 'ok';

const scene = setScene();

describe.each(routes)('%s', (route) => {
  test('is for those who have a valid token of a login that lasts, and nobody else', async () => {
    const { api, people, tokens, extra } = scene();
    const [{ request, may }] = calls[route];
    const call = await request(scene(), may === 'oneself' ? await extra() : people.owner);
    if (may === 'open') {
      expect((await api.call(route, call)).status).toBeLessThan(300);
      return;
    }
    const before = await rowsOf(scene());
    for (const kind of outsiders) {
      const { status, body } = await api.call(route, { ...call, ...(tokens[kind] && { token: tokens[kind] }) });
      expect([kind, status, body.code]).toEqual([kind, 401, 'unauthorized']);
    }
    expect(await rowsOf(scene())).toEqual(before);
  });

  test.each(calls[route].map((one) => [one.about ?? 'itself', one] as const))(
    '(%s) is for those who may, and a refusal changes nothing',
    async (_, one) => {
      const { people, extra } = scene();
      if (one.may === 'oneself') {
        const someone = await extra();
        expect((await someone.call(route, await one.request(scene(), someone))).status).toBeLessThan(300);
      }
      const ask = async (wanted: ReturnType<typeof expected>) => {
        const asked = [];
        for (const { kind } of wanted) asked.push({ kind, call: await one.request(scene(), people[kind]) });
        const before = await rowsOf(scene());
        const answers = [];
        for (const { kind, call } of asked) {
          const { status, body } = await people[kind].call(route, call);
          answers.push({ kind, code: Number(status) < 300 ? 'ok' : body.code });
        }
        expect(answers).toEqual(wanted);
        return before;
      };
      const before = await ask(expected(one).filter(isRefused));
      expect(await rowsOf(scene())).toEqual(before);
      await ask(expected(one).filter((wanted) => !isRefused(wanted)));
    },
  );
});

describe.each(actionNames)('the action %s', (action) => {
  const cases: Cases<FrameCase> = frames[action];
  test.each(cases.map((one) => [one.about ?? 'itself', one] as const))(
    '(%s) is for those who may, and a refusal changes nothing',
    async (_, one) => {
      const { people, deviceOf } = scene();
      const ask = async (wanted: ReturnType<typeof expected>) => {
        const asked = [];
        for (const { kind } of wanted) asked.push({ kind, frame: await one.request(scene(), people[kind]) });
        const before = await rowsOf(scene());
        const answers = [];
        for (const { kind, frame } of asked) {
          const { error } = await (await deviceOf(people[kind])).ask(frame);
          answers.push({ kind, code: error?.code ?? 'ok' });
        }
        expect(answers).toEqual(wanted);
        return before;
      };
      for (const kind of insiders) await deviceOf(people[kind]);
      const before = await ask(expected(one).filter(isRefused));
      expect(await rowsOf(scene())).toEqual(before);
      await ask(expected(one).filter((wanted) => !isRefused(wanted)));
    },
  );
});

test('no socket opens for those who have no valid token of a login that lasts', async () => {
  const { api, tokens } = scene();
  for (const kind of outsiders) {
    const headers = tokens[kind] ? { Authorization: `Bearer ${tokens[kind]}` } : {};
    expect([kind, (await api.gateway.refusal(undefined, headers)).status]).toEqual([kind, 401]);
  }
});
