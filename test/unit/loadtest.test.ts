import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import bench from '#bench/results.json' with { type: 'json' };
import { checksOf } from '#loadtest/checks.ts';
import { estimate } from '#loadtest/cost.ts';
import { compare, Ledger, markedText, markOf } from '#loadtest/engine/ledger.ts';
import { Step } from '#loadtest/engine/steps.ts';
import { divide, scriptOf } from '#loadtest/plan.ts';
import { profiles } from '#loadtest/profiles.ts';
import { ArtilleryReport } from '#loadtest/report/artillery-report.ts';
import { renderReport } from '#loadtest/report/render.ts';
import { isTest, scenariosOf, type TestName, tests } from '#loadtest/scenarios.ts';
import { chooseTarget, Refusal, type Target } from '#loadtest/target.ts';

const aws: Target = { httpUrl: 'https://api.example.com', wsUrl: 'wss://ws.example.com', stage: 'dev-storm' };
const local: Target = { httpUrl: 'http://localhost:4000', wsUrl: 'ws://localhost:4001', stage: 'dev' };
const names = Object.keys(tests).filter(isTest);

describe('the plan of a load test', () => {
  it.each(Object.entries(profiles))(
    'divides %s by machines, below the files of a task and the quota of connects',
    (_, profile) => {
      const plan = divide(profile, 'fargate');
      expect(plan.connections / plan.workers).toBeLessThan(8_192 - 1_000);
      expect(plan.arrivalRate * plan.workers).toBeLessThanOrEqual(Math.max(profile.connectsPerSecond, plan.workers));
      expect(Number.isInteger(plan.arrivalRate)).toBe(true);
      expect(plan.connections / profile.connections).toBeCloseTo(1, 1);
    },
  );

  it('has so many messages from all senders as the profile says', () => {
    for (const test of names) {
      const profile = profiles['10k'];
      const { scenarios } = scriptOf(test, profile, divide(profile, 'fargate'), aws);
      const all = scenarios.reduce((sum, { weight }) => sum + weight, 0);
      const perSecond = scenarios
        .flatMap(({ weight, flow }) => flow.map((step) => ({ weight, step: Step.parse(step) })))
        .map(({ weight, step }) =>
          'send' in step ? ((profile.connections * weight) / all) * step.send.share * (step.send.perMinute / 60) : 0,
        )
        .reduce((sum, part) => sum + part, 0);
      expect([0, profile.messagesPerSecond]).toContain(Math.round(perSecond));
    }
  });

  it('names the engine where Artillery installs nothing from a registry', () => {
    const { config } = scriptOf('mixed-day', profiles['5k'], divide(profiles['5k'], 'fargate'), aws);
    expect(config).not.toHaveProperty('engines');
    expect(config.environments).toHaveProperty('storm.engines.storm');
  });

  it('needs of each test what it measures, and nothing lost, doubled or out of order', () => {
    const conditions = (test: TestName) =>
      scriptOf(test, profiles.smoke, divide(profiles.smoke, 'local'), local).config.ensure.conditions.map(
        (c) => c.expression,
      );
    for (const test of names)
      for (const count of ['lost', 'doubled', 'out_of_order'])
        expect(conditions(test)).toContain(`storm.${count} == 0`);
    expect(conditions('steady-chat')).toContain('storm.delivery_ms.p95 <= 500');
    expect(conditions('token-validation')).not.toContain('storm.delivery_ms.p95 <= 500');
  });

  it('compares in every test in which somebody sends what was delivered', () => {
    for (const test of names)
      for (const { flow } of scenariosOf(test)) {
        const steps = flow.flatMap((step) => Object.keys(step));
        expect(steps.includes('send') && !steps.includes('expectDeliveries')).toBe(false);
      }
  });
});

describe('the target of a load test', () => {
  const find = (target: Target) => async () => target;

  it('is a stack of its own for smoke, and must be named for everything else', async () => {
    const nowhere = { target: undefined, stage: undefined };
    expect(await chooseTarget({ profile: 'smoke', ...nowhere }, find(aws))).toBe('own stack');
    for (const profile of ['5k', '100k'] as const)
      await expect(chooseTarget({ profile, ...nowhere }, find(local))).rejects.toThrow(Refusal);
  });

  it('must be named with its stage, unless all of it is on this machine', async () => {
    const url = 'https://chat.example.com';
    for (const profile of ['smoke', '5k'] as const) {
      await expect(chooseTarget({ profile, target: url, stage: undefined }, find(aws))).rejects.toThrow('--stage');
      await expect(chooseTarget({ profile, target: url, stage: 'prod' }, find(aws))).rejects.toThrow('dev-storm');
      expect(await chooseTarget({ profile, target: url, stage: 'dev-storm' }, find(aws))).toBe(aws);
    }
    const page = 'http://localhost:3000';
    expect(await chooseTarget({ profile: '5k', target: page, stage: undefined }, find(local))).toBe(local);
    // A page of this machine may name the APIs of a deployment.
    await expect(chooseTarget({ profile: 'smoke', target: page, stage: undefined }, find(aws))).rejects.toThrow(
      '--stage',
    );
  });
});

describe('the cost of a load test', () => {
  const of = (name: keyof typeof profiles, test: TestName) =>
    estimate(test, profiles[name], divide(profiles[name], 'fargate'), bench.rows);

  it('grows with the load, and says how long a limit lasts', () => {
    const [small, large] = [of('5k', 'steady-chat'), of('100k', 'steady-chat')];
    expect(small.dollars).toBeGreaterThan(1);
    expect(large.dollars / small.dollars).toBeGreaterThan(20);
    expect(small.secondsFor(small.dollars)).toBe(divide(profiles['5k'], 'fargate').seconds);
  });

  it('counts each delivery in a large room', () => {
    expect(of('5k', 'hot-room').deployment / of('5k', 'steady-chat').deployment).toBeGreaterThan(50);
  });
});

describe('the ledger of a virtual user', () => {
  const text = (sender: string, number: number) => markedText({ sender: sender.repeat(12), number, dueAt: 1 }, 100);
  const seen = (all: readonly (readonly [string, number])[]) => {
    const ledger = new Ledger();
    return { ledger, sightings: all.map(([said, seq]) => ledger.see(markOf(said) ?? never(), seq)) };
  };
  const never = (): never => {
    throw new Error('not a marked text');
  };

  it('knows a message once more, a double, and a wrong order, in whatever order they come', () => {
    const { sightings } = seen([
      [text('a', 1), 1],
      [text('a', 3), 5],
      [text('a', 2), 3],
      [text('a', 2), 3],
      [text('b', 1), 2],
      [text('a', 1), 7],
      [text('b', 2), 1],
      [text('a', 4), 4],
    ]);
    expect(sightings).toEqual(['new', 'new', 'new', 'known', 'new', 'doubled', 'out of order', 'out of order']);
  });

  it('finds in the history what was not received, what was acknowledged and is gone, and what is there twice', () => {
    const { ledger } = seen([[text('a', 1), 1]]);
    const history = (...numbers: number[]) => numbers.map((number, i) => ({ seq: i + 1, text: text('a', number) }));
    const me = 'a'.repeat(12);
    expect(compare(history(1), ledger, new Set([1]), me)).toEqual({ lost: 0, doubled: 0 });
    expect(compare(history(1, 2), ledger, new Set([1]), me)).toEqual({ lost: 1, doubled: 0 });
    expect(compare(history(1), ledger, new Set([1, 2]), me)).toEqual({ lost: 1, doubled: 0 });
    expect(compare(history(1, 1), ledger, new Set([1]), me)).toEqual({ lost: 0, doubled: 1 });
  });
});

describe('the report of a load test', () => {
  const summary = { count: 2, min: 1, max: 9, mean: 5, p50: 4, p95: 9, p99: 9 };
  const report = ArtilleryReport.parse({
    aggregate: {
      counters: { 'storm.requests': 100, 'storm.failed': 2, 'storm.lost': 0 },
      summaries: { 'storm.ack_ms': summary },
    },
    intermediate: [0, 5_000].map((period) => ({
      period: String(period),
      counters: { 'storm.sent': 50 },
      summaries: { 'storm.ack_ms': summary },
    })),
  });

  it('says which conditions hold, and takes what was not measured for broken', () => {
    const holds = (condition: string) => checksOf(report, [condition])[0]?.holds;
    expect(holds('storm.ack_ms.p95 <= 9')).toBe(true);
    expect(holds('storm.ack_ms.p95 <= 8')).toBe(false);
    expect(holds('storm.failed <= storm.requests * 0.01')).toBe(false);
    expect(holds('storm.lost == 0')).toBe(true);
    expect(holds('storm.delivery_ms.p95 <= 500')).toBe(false);
  });

  it('is one page with its charts, which loads nothing and shows no text as markup', () => {
    const page = renderReport(report, {
      title: '<mixed>',
      target: 'dev',
      checks: checksOf(report, ['storm.lost == 0']),
    });
    expect(page.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/<mixed>|<script|<link|src=|https?:/);
    expect(page.match(/<polyline[^>]+points="\d[^"]+"/g)?.length).toBeGreaterThanOrEqual(4);
    expect(page).toContain('color-scheme: light dark');
  });
});

it('is tested with the versions of what the root has installed', () => {
  const versions = (path: string): Record<string, string> => JSON.parse(readFileSync(path, 'utf8')).devDependencies;
  const { artillery: _, ...shared } = versions('loadtest/package.json');
  expect(versions('package.json')).toMatchObject(shared);
});
