import { describe, expect, test } from 'vitest';
import { startOnAws } from '#drills/aws.ts';

const template = (stage: string, name: string) => ({
  id: `EXT-${stage}-${name}`,
  tags: { app: 'storm', stage, Name: `storm-${stage}-${name}` },
});

describe('a drill on AWS', () => {
  const asked: string[][] = [];
  const ask = async (...args: string[]) => {
    asked.push(args);
    return args[1] === 'start-experiment'
      ? { experiment: { id: 'EXP1' } }
      : {
          experimentTemplates: [
            template('dev-storm', 'functions-slow'),
            template('dev', 'functions-slow'),
            { id: 'EXT9' },
          ],
        };
  };

  test('is that of the stage', async () => {
    expect(await startOnAws(ask, 'dev', 'functions-slow')).toBe('EXP1');
    expect(asked.at(-1)).toEqual(['fis', 'start-experiment', '--experiment-template-id', 'EXT-dev-functions-slow']);
  });

  test('that the stage doesn’t have starts nothing, and names those that it has', async () => {
    asked.length = 0;
    await expect(startOnAws(ask, 'dev', 'storm-functions-slow')).rejects.toThrow('It has: functions-slow.');
    await expect(startOnAws(ask, 'prod', 'functions-slow')).rejects.toThrow('-c drills=true');
    expect(asked.map(([, call]) => call)).not.toContain('start-experiment');
  });
});
