import { describe, expect, test } from 'vitest';
import { Rates } from '#lambdas/kit/rates.ts';
import { limits } from '#protocol/limits.ts';
import { stageTemplate } from './synth.ts';

describe.each(['dev', 'prod'] as const)('the rates of %s', (stage) => {
  const variables = stageTemplate(stage)
    .ofType('AWS::Lambda::Function')
    .flatMap(({ properties }) => properties['Environment']?.Variables?.RATES ?? []);
  const rates = variables.map((text) => Rates.parse(JSON.parse(text)));

  test('reach the functions in the shape in which they read them', () => {
    expect(rates.length).toBeGreaterThanOrEqual(3);
    expect(new Set(variables).size).toBe(1);
  });

  test('let through the largest request that the contract allows', () => {
    for (const { membersAdded } of rates) expect(membersAdded.burst).toBeGreaterThanOrEqual(limits.memberIdsPerRequest);
  });

  test('can be had: a token comes back in a ms or more', () => {
    for (const { perSecond, burst } of rates.flatMap((all) => Object.values(all))) {
      expect(perSecond).toBeLessThanOrEqual(1_000);
      expect(burst).toBeGreaterThanOrEqual(1);
    }
  });
});
