import { describe, expect, test } from 'vitest';
import { readSettings } from '#lib/settings.ts';
import { stageTemplate } from './synth.ts';

const withHosts = (context: Record<string, string>) =>
  stageTemplate('dev', context)
    .ofType('AWS::Lambda::Function')
    .filter(({ properties }) => properties['Environment']?.Variables?.PUSH_HOSTS !== undefined);

describe('a list of push hosts', () => {
  test('reaches the functions that take subscriptions and that push, and is nowhere without it', () => {
    const pushHosts = 'fcm.googleapis.com,*.push.apple.com';
    const functions = withHosts({ pushHosts });
    expect(functions.map(({ id }) => id.replace(/[0-9A-F]{8}$/, '')).toSorted()).toEqual(['Push', 'Users']);
    for (const { properties } of functions) expect(properties['Environment'].Variables.PUSH_HOSTS).toBe(pushHosts);
    expect(withHosts({})).toEqual([]);
  });

  test.each([
    '',
    'https://fcm.googleapis.com',
    'a.example,',
    'a.example, b.example',
    '*',
    '*.',
    'FCM.googleapis.com',
    'com',
  ])('is refused for "%s"', (pushHosts) => {
    expect(() => readSettings((name) => (name === 'pushHosts' ? pushHosts : undefined))).toThrow('pushHosts');
  });
});
