import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deploy } from '../../assembly/deploy.ts';
import type { AssemblyStack } from '../../assembly/manifest.ts';
import { Template } from '../../assembly/template.ts';
import { callService } from '../../services/call.ts';
import { handlers, startService } from '../../services/index.ts';
import type { Resource } from '../../types.ts';
import { createResource } from '../helpers/resources.ts';
import { type TestWorld, testWorld } from '../helpers/world.ts';

let world: TestWorld;
beforeAll(() => {
  world = testWorld({ startService });
});
afterAll(() => world[Symbol.asyncDispose]());

const call = (operation: string, input: object, within = world) => callService(within, `AmazonSSM.${operation}`, input);
const put = (Name: string, Value: string, more: object = {}) =>
  call('PutParameter', { Name, Value, Type: 'String', ...more });
const parameter = (properties: object, within = world) =>
  createResource(handlers, within, 'AWS::SSM::Parameter', { ...properties });

// "Actions" in the AWS Systems Manager API reference.
describe('a parameter', () => {
  test('is put once, and again with Overwrite only; each time it is a new version', async () => {
    expect(await put('/app/size', '3')).toMatchObject({ Version: 1 });
    await expect(put('/app/size', '4')).rejects.toMatchObject({ code: 'ParameterAlreadyExists' });
    expect(await put('/app/size', '4', { Overwrite: true })).toMatchObject({ Version: 2 });
    expect(await call('GetParameter', { Name: '/app/size' })).toMatchObject({
      Parameter: {
        ARN: 'arn:aws:ssm:us-east-1:000000000000:parameter/app/size',
        Name: '/app/size',
        Type: 'String',
        Value: '4',
        Version: 2,
      },
    });
    expect(await call('GetParameter', { Name: '/app/size:1' })).toMatchObject({ Parameter: { Value: '3' } });
    await expect(call('GetParameter', { Name: '/app/size:9' })).rejects.toMatchObject({
      code: 'ParameterVersionNotFound',
    });
  });

  test('that is a SecureString is readable with WithDecryption only, and its file by its owner only', async () => {
    await put('/app/key', 'open sesame', { Type: 'SecureString' });
    const Name = 'arn:aws:ssm:us-east-1:000000000000:parameter/app/key';
    expect(JSON.stringify(await call('GetParameter', { Name }))).not.toContain('open sesame');
    expect(await call('GetParameter', { Name, WithDecryption: true })).toMatchObject({
      Parameter: { Value: 'open sesame', Type: 'SecureString' },
    });
    expect((statSync(join(world.dataDir, 'parameters.json')).mode & 0o777).toString(8)).toBe('600');
  });

  test.each([
    ['a name that AWS keeps for itself', { Name: '/aws/thing' }, 'ValidationException'],
    ['a path without a slash before it', { Name: 'app/thing' }, 'ValidationException'],
    ['more than 4 KB', { Value: 'x'.repeat(4_097) }, 'ValidationException'],
    ['no value', { Value: '' }, 'ValidationException'],
    ['a value against its pattern', { AllowedPattern: '^\\d+$' }, 'ParameterPatternMismatchException'],
  ])('is refused with %s', async (_, given, code) => {
    await expect(put('/app/refused', 'value', given)).rejects.toMatchObject({ code });
  });

  test('is found among others by names and by paths, in pages', async () => {
    for (const name of ['/tree/a', '/tree/b', '/tree/deep/c', '/treehouse']) await put(name, name);
    expect(await call('GetParameters', { Names: ['/tree/a', '/none'] })).toMatchObject({
      Parameters: [{ Name: '/tree/a' }],
      InvalidParameters: ['/none'],
    });
    const { Parameters } = Object(await call('GetParametersByPath', { Path: '/tree' }));
    expect(Parameters.map(({ Name }: { Name: string }) => Name)).toEqual(['/tree/a', '/tree/b']);
    const page = Object(await call('GetParametersByPath', { Path: '/tree/', Recursive: true, MaxResults: 2 }));
    expect(
      await call('GetParametersByPath', { Path: '/tree', Recursive: true, MaxResults: 2, NextToken: page.NextToken }),
    ).toEqual({ Parameters: [expect.objectContaining({ Name: '/tree/deep/c' })] });
  });

  test('that was deleted is not there, for anybody', async () => {
    await put('/app/gone', '1');
    await call('DeleteParameter', { Name: '/app/gone' });
    for (const operation of ['GetParameter', 'DeleteParameter'])
      await expect(call(operation, { Name: '/app/gone' })).rejects.toMatchObject({ code: 'ParameterNotFound' });
  });
});

describe('a parameter of a template', () => {
  test('has its value, until the app puts another or the template has another', async () => {
    const { ref, attributes } = await parameter({ Name: '/t/limit', Type: 'String', Value: '1' });
    expect([ref, attributes]).toEqual(['/t/limit', { Type: 'String', Value: '1' }]);
    const value = async () => Object(await call('GetParameter', { Name: '/t/limit' })).Parameter.Value;
    await put('/t/limit', '2', { Overwrite: true });
    await parameter({ Name: '/t/limit', Type: 'String', Value: '1' });
    expect(await value()).toBe('2');
    await parameter({ Name: '/t/limit', Type: 'String', Value: '3' });
    expect(await value()).toBe('3');
  });

  test('has the local address of what it names on AWS', async () => {
    world.serveAt('https://abc.execute-api.us-east-1.amazonaws.com', 'http://localhost:1');
    await parameter({ Name: '/t/url', Type: 'String', Value: 'https://abc.execute-api.us-east-1.amazonaws.com/live' });
    expect(await call('GetParameter', { Name: '/t/url' })).toMatchObject({
      Parameter: { Value: 'http://localhost:1/live' },
    });
  });

  test('can be no SecureString, as in CloudFormation', async () => {
    await expect(parameter({ Type: 'SecureString', Value: '1' })).rejects.toThrow('Type: can be String or StringList');
  });
});

test('templates get values by parameters and references; a name stands in for what is not here, with a warning', async () => {
  await put('/t/image', 'ami-1');
  await put('/t/zones', 'a, b', { Type: 'StringList' });
  await put('/t/token', 'sesame', { Type: 'SecureString' });
  const template = Template.parse({
    Parameters: {
      Image: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/t/image' },
      Zones: { Type: 'AWS::SSM::Parameter::Value<List<String>>', Default: '/t/zones' },
      Missing: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/elsewhere/image' },
      BootstrapVersion: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/cdk-bootstrap/hnb659fds/version' },
    },
    Resources: {
      Thing: {
        Type: 'Test::Thing',
        Properties: {
          image: { Ref: 'Image' },
          zones: { Ref: 'Zones' },
          missing: { Ref: 'Missing' },
          text: 'of {{resolve:ssm:/t/image:1}} and {{resolve:ssm-secure:/t/token}}',
        },
      },
    },
  });
  const stacks: AssemblyStack[] = [{ name: 'S', template }];
  const assembly = { stacks, assets: new Map(), account: '0', region: 'us-east-1', warnings: [] };
  const made: Resource[] = [];
  const thing = {
    types: ['Test::Thing'],
    create: async (resource: Resource) => {
      made.push(resource);
      return { ref: 'thing' };
    },
  };
  await deploy(assembly, [thing], world);
  expect(made[0]?.properties).toEqual({
    image: 'ami-1',
    zones: ['a', 'b'],
    missing: '/elsewhere/image',
    text: 'of ami-1 and sesame',
  });
  expect(world.warnings).toEqual([expect.stringContaining('/elsewhere/image')]);
});
