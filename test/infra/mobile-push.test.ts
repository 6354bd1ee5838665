import { describe, expect, test } from 'vitest';
import { readSettings } from '#lib/settings.ts';
import { stageTemplate } from './synth.ts';

const account = 'arn:aws:sns:eu-central-1:000000000000';
const context = { fcmApplicationArn: `${account}:app/GCM/storm`, apnsApplicationArn: `${account}:app/APNS/storm` };

describe('pushes to apps', () => {
  test('are off unless they are asked for: nothing of them is in the template', () => {
    const { json, ofType } = stageTemplate('prod');
    expect(JSON.stringify(json)).not.toMatch(/PlatformEndpoint|DeleteEndpoint|APPLICATION_ARN/);
    expect(JSON.stringify(ofType('AWS::IAM::Policy'))).not.toContain('sns:');
  });

  test('let each function do what it does, to the endpoints of these applications only', () => {
    const endpoints = [`${account}:endpoint/APNS/storm/*`, `${account}:endpoint/GCM/storm/*`];
    const granted = stageTemplate('prod', context)
      .ofType('AWS::IAM::Policy')
      .flatMap(({ id, properties }) =>
        properties['PolicyDocument'].Statement.flatMap(({ Action, Resource }: { Action: unknown; Resource: unknown }) =>
          [Action]
            .flat()
            .filter((action) => String(action).startsWith('sns:'))
            .map((action) => [id.replace(/RoleDefaultPolicy.*/, ''), action, [Resource].flat().toSorted()]),
        ),
      );
    const expected = [
      ['Erase', 'sns:DeleteEndpoint', endpoints],
      ['Privacy', 'sns:DeleteEndpoint', endpoints],
      ['Push', 'sns:DeleteEndpoint', endpoints],
      ['Push', 'sns:Publish', endpoints],
      ['Users', 'sns:CreatePlatformEndpoint', Object.values(context).toSorted()],
      ['Users', 'sns:DeleteEndpoint', endpoints],
      ['Users', 'sns:SetEndpointAttributes', endpoints],
    ];
    expect(granted.map((one) => JSON.stringify(one)).toSorted()).toEqual(expected.map((one) => JSON.stringify(one)));
  });

  test.each([
    ['fcmApplicationArn', context.apnsApplicationArn],
    ['apnsApplicationArn', context.fcmApplicationArn],
    ['apnsApplicationArn', `${account}:app/APNS/*`],
    ['fcmApplicationArn', 'storm'],
  ])('are refused for a %s of %s', (key, arn) => {
    expect(() => readSettings((name) => (name === key ? arn : undefined))).toThrow(key);
  });

  test('may be for one platform only', () => {
    const { apnsApplicationArn } = context;
    const functions = stageTemplate('dev', { apnsApplicationArn }).ofType('AWS::Lambda::Function');
    const names = functions.flatMap(({ properties }) => Object.keys(properties['Environment']?.Variables ?? {}));
    expect(names).toContain('APNS_APPLICATION_ARN');
    expect(names).not.toContain('FCM_APPLICATION_ARN');
  });
});
