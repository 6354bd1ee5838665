// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how CloudFormation writes them
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deploy } from '../../assembly/deploy.ts';
import { readAssembly } from '../../assembly/manifest.ts';
import { type Resource, type ResourceHandler, StackError } from '../../types.ts';
import { type TestTemplate, writeAssembly } from '../helpers/assembly.ts';
import { testWorld } from '../helpers/world.ts';

let directory: string;

beforeEach(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'assembly-'));
});

afterEach(() => fs.rmSync(directory, { recursive: true }));

/** Deploys templates with a handler that notes the things (`Test::Thing`) that it is asked to create. */
async function deployThings(templates: Record<string, TestTemplate>, native: string[] = []) {
  writeAssembly(directory, templates);
  const assembly = readAssembly(directory);
  const made: Resource[] = [];
  const things: ResourceHandler = {
    types: ['Test::Thing', 'Custom::*'],
    async create(resource) {
      made.push(resource);
      const { stack, logicalId } = resource;
      return {
        ref: `ref-${stack}-${logicalId}`,
        attributes: { Arn: `arn-${logicalId}`, 'Deep.Name': 'flat', Outer: { Inner: 'nested' } },
      };
    },
  };
  await using world = testWorld({ assembly });
  const deployed = await deploy(assembly, [things, { ...things, types: native }], world);
  return {
    ...deployed,
    made,
    propertiesOf: (id: string) => made.find(({ logicalId }) => logicalId === id)?.properties,
  };
}

const thing = (Properties: object = {}, more: object = {}) => ({ Type: 'Test::Thing', Properties, ...more });

it('is read with what the app warns of, once each', () => {
  writeAssembly(directory, { S: { Resources: {} }, T: { Resources: {} } }, {}, ['The local stack ignores colours.']);
  expect(readAssembly(directory).warnings).toEqual(['The local stack ignores colours.']);
  writeAssembly(directory, { S: { Resources: {} } });
  expect(readAssembly(directory).warnings).toEqual([]);
});

/** What a value comes to as a property, with things `A` and `B` and some conditions about. */
async function evaluated(value: unknown): Promise<unknown> {
  const { propertiesOf } = await deployThings({
    S: {
      Parameters: { Size: { Type: 'Number', Default: 4 }, Names: { Type: 'CommaDelimitedList', Default: 'x, y' } },
      Mappings: { Regions: { 'us-east-1': { letter: 'e' } } },
      Conditions: {
        Yes: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'us-east-1'] },
        No: { 'Fn::Not': [{ Condition: 'Yes' }] },
        Both: { 'Fn::And': [{ Condition: 'Yes' }, { Condition: 'No' }] },
        Either: { 'Fn::Or': [{ Condition: 'Yes' }, { Condition: 'No' }] },
      },
      Resources: { Subject: thing({ value }), A: thing(), B: thing() },
    },
  });
  return propertiesOf('Subject')?.['value'];
}

// AWS: "Intrinsic function reference" and "Pseudo parameters reference" (CloudFormation).
describe('an intrinsic function', () => {
  it.each<[string, unknown, unknown]>([
    ['Ref of a resource', { Ref: 'A' }, 'ref-S-A'],
    ['Ref of a parameter', { Ref: 'Size' }, 4],
    ['Ref of a list parameter', { Ref: 'Names' }, ['x', 'y']],
    ['Ref of the region', { Ref: 'AWS::Region' }, 'us-east-1'],
    ['Ref of the account', { Ref: 'AWS::AccountId' }, '000000000000'],
    ['Ref of the stack name', { Ref: 'AWS::StackName' }, 'S'],
    ['GetAtt of a list', { 'Fn::GetAtt': ['A', 'Arn'] }, 'arn-A'],
    ['GetAtt of a text', { 'Fn::GetAtt': 'A.Arn' }, 'arn-A'],
    ['GetAtt of a name with dots', { 'Fn::GetAtt': ['A', 'Deep.Name'] }, 'flat'],
    ['GetAtt into an object', { 'Fn::GetAtt': ['A', 'Outer.Inner'] }, 'nested'],
    ['Join', { 'Fn::Join': ['-', ['a', { Ref: 'A' }, 1]] }, 'a-ref-S-A-1'],
    ['Join of a list that is made', { 'Fn::Join': ['+', { 'Fn::Split': [',', 'a,b'] }] }, 'a+b'],
    ['Sub', { 'Fn::Sub': '${A}/${A.Arn}/${AWS::Partition}/${!Literal}' }, 'ref-S-A/arn-A/aws/${Literal}'],
    ['Sub with variables', { 'Fn::Sub': ['${V}-${B}', { V: { Ref: 'A' } }] }, 'ref-S-A-ref-S-B'],
    ['Select and Split', { 'Fn::Select': ['1', { 'Fn::Split': ['|', 'a|b'] }] }, 'b'],
    ['FindInMap', { 'Fn::FindInMap': ['Regions', { Ref: 'AWS::Region' }, 'letter'] }, 'e'],
    ['If', { 'Fn::If': ['Yes', 'is', 'is not'] }, 'is'],
    ['If with Not', { 'Fn::If': ['No', 'is', 'is not'] }, 'is not'],
    ['If with And', { 'Fn::If': ['Both', 1, 2] }, 2],
    ['If with Or', { 'Fn::If': ['Either', 1, 2] }, 1],
    ['NoValue in an object', { a: 1, b: { 'Fn::If': ['No', 1, { Ref: 'AWS::NoValue' }] } }, { a: 1 }],
    ['NoValue in a list', [1, { Ref: 'AWS::NoValue' }], [1]],
    ['Base64', { 'Fn::Base64': 'hi' }, 'aGk='],
    ['GetAZs', { 'Fn::GetAZs': '' }, ['us-east-1a', 'us-east-1b', 'us-east-1c']],
    [
      'a property that only looks like a condition',
      { Condition: { StringEquals: 1 } },
      { Condition: { StringEquals: 1 } },
    ],
  ])('is evaluated: %s', async (_, value, expected) => {
    expect(await evaluated(value)).toEqual(expected);
  });

  it.each<[string, unknown]>([
    ['there is no such function', { 'Fn::Cidr': ['10.0.0.0/8', 1, 1] }],
    ['a resource has no such attribute', { 'Fn::GetAtt': ['A', 'Nothing'] }],
    ['nothing has the name', { Ref: 'Nobody' }],
    ['no stack exports the name', { 'Fn::ImportValue': 'nothing' }],
    ['a list has nothing at the index', { 'Fn::Select': [3, ['a']] }],
  ])('is refused when %s', async (_, value) => {
    await expect(evaluated(value)).rejects.toBeInstanceOf(StackError);
  });
});

describe('resources', () => {
  it('are made after those that they refer to or depend on', async () => {
    const { made } = await deployThings({
      S: {
        Resources: {
          Last: thing({ deep: [{ 'Fn::Sub': 'x${Middle.Arn}' }] }),
          Middle: thing({}, { DependsOn: ['First'] }),
          First: thing(),
        },
      },
    });
    expect(made.map(({ logicalId }) => logicalId)).toEqual(['First', 'Middle', 'Last']);
  });

  it('that depend on each other are refused by their names', async () => {
    const Resources = {
      A: thing({ of: { Ref: 'B' } }),
      B: thing({}, { DependsOn: 'C' }),
      C: thing({ of: { Ref: 'B' } }),
    };
    await expect(deployThings({ S: { Resources } })).rejects.toThrow('Circular dependency between resources: [B, C]');
  });

  it('whose condition does not hold are left out', async () => {
    const { made } = await deployThings({
      S: {
        Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
        Resources: { A: thing({}, { Condition: 'Never' }), B: thing() },
      },
    });
    expect(made.map(({ logicalId }) => logicalId)).toEqual(['B']);
  });

  it('of one stack reach those of another by exports and outputs', async () => {
    const { propertiesOf, outputs } = await deployThings({
      One: {
        Resources: { A: thing() },
        Outputs: {
          Plain: { Value: { Ref: 'A' } },
          Out: { Value: { 'Fn::GetAtt': ['A', 'Arn'] }, Export: { Name: { 'Fn::Sub': 'x-${A}' } } },
          ExportsOutputRefA: { Value: { Ref: 'A' }, Export: { Name: 'One:ExportsOutputRefA' } },
        },
      },
      Two: {
        Resources: {
          B: thing({
            imported: { 'Fn::ImportValue': 'x-ref-One-A' },
            read: { 'Fn::GetStackOutput': { StackName: 'One', OutputName: 'Plain' } },
          }),
        },
      },
    });
    expect(propertiesOf('B')).toEqual({ imported: 'arn-A', read: 'ref-One-A' });
    expect(outputs).toEqual({ One: { Plain: 'ref-One-A', Out: 'arn-A' }, Two: {} });
  });

  it('of unknown types are all named before anything is made', async () => {
    const Resources = {
      A: thing(),
      B: { Type: 'AWS::EC2::Instance' },
      C: { Type: 'AWS::Cognito::UserPool' },
      D: { Type: 'AWS::Cognito::UserPoolClient' },
    };
    await expect(deployThings({ S: { Resources } })).rejects.toThrow(
      "The local stack can't run these resources:\n" +
        '  AWS::EC2::Instance (S/B)\n' +
        '  AWS::Cognito::UserPool, UserPoolClient (S/C and 1 more): there are no user pools here',
    );
  });

  it('without local meaning are skipped, and others can still refer to them', async () => {
    const { propertiesOf, skipped } = await deployThings({
      S: {
        Resources: {
          A: thing({
            role: { 'Fn::GetAtt': ['Role', 'Arn'] },
            plan: { Ref: 'Plan' },
            group: { Ref: 'Group' },
          }),
          Role: { Type: 'AWS::IAM::Role' },
          Plan: { Type: 'AWS::Backup::BackupPlan' },
          Objective: { Type: 'AWS::ApplicationSignals::ServiceLevelObjective' },
          Budget: { Type: 'AWS::Budgets::Budget' },
          Experiment: { Type: 'AWS::FIS::ExperimentTemplate' },
          Outage: { Type: 'AWS::SSM::Document' },
          Mute: { Type: 'AWS::CloudWatch::AlarmMuteRule' },
          Group: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/named' } },
          Release: { Type: 'AWS::CodeDeploy::DeploymentGroup', Properties: { AutoRollbackConfiguration: {} } },
        },
      },
    });
    expect(propertiesOf('A')).toEqual({
      role: 'arn:aws:iam::000000000000:S-Role',
      plan: 'arn:aws:backup:us-east-1:000000000000:S-Plan',
      group: '/named',
    });
    expect(skipped.map(({ logicalId }) => logicalId).sort()).toEqual([
      'Budget',
      'Experiment',
      'Group',
      'Mute',
      'Objective',
      'Outage',
      'Plan',
      'Release',
      'Role',
    ]);
  });

  it('that only serve natively handled custom resources are skipped', async () => {
    const token = (id: string) => ({ ServiceToken: { 'Fn::GetAtt': [id, 'Arn'] } });
    const { made } = await deployThings(
      {
        S: {
          Resources: {
            Unneeded: thing(),
            Shared: thing(),
            Native: { Type: 'Custom::Native', Properties: token('Unneeded') },
            Other: { Type: 'Custom::Native', Properties: token('Shared') },
            Own: { Type: 'Custom::Own', Properties: token('Shared') },
          },
        },
      },
      ['Custom::Native'],
    );
    expect(made.map(({ logicalId }) => logicalId)).toEqual(['Shared', 'Native', 'Other', 'Own']);
  });

  it.each(['Custom::S3AutoDeleteObjects', 'Custom::LogRetention'])('%s is nothing to do locally', async (Type) => {
    const job = { Type, Properties: { ServiceToken: { 'Fn::GetAtt': ['Provider', 'Arn'] } } };
    const { made, skipped } = await deployThings({ S: { Resources: { Provider: thing(), Job: job } } });
    expect(made).toEqual([]);
    expect(skipped.map(({ logicalId }) => logicalId)).toEqual(['Job']);
  });
});

describe('an assembly', () => {
  it('is read with the assemblies nested in it', async () => {
    writeAssembly(path.join(directory, 'nested'), { Inner: { Resources: { A: thing() } } }, { code: { 'a.txt': 'a' } });
    const artifacts = { Stage: { type: 'cdk:cloud-assembly', properties: { directoryName: 'nested' } } };
    fs.writeFileSync(path.join(directory, 'manifest.json'), JSON.stringify({ artifacts }));
    const { stacks, assets } = readAssembly(directory);
    expect(stacks.map(({ name }) => name)).toEqual(['Inner']);
    expect(fs.readdirSync(assets.get('code.zip') ?? '')).toEqual(['a.txt']);
  });

  it('says for which account and region it is', () => {
    writeAssembly(directory, { S: { Resources: {} } });
    expect(readAssembly(directory)).toMatchObject({ account: '000000000000', region: 'us-east-1' });
    const manifest = path.join(directory, 'manifest.json');
    fs.writeFileSync(
      manifest,
      fs.readFileSync(manifest, 'utf8').replace('unknown-account/unknown-region', '123456789012/eu-west-1'),
    );
    expect(readAssembly(directory)).toMatchObject({ account: '123456789012', region: 'eu-west-1' });
  });

  it('of several regions is run in the one with the functions, with a warning', () => {
    const fn = { Type: 'AWS::Lambda::Function' };
    writeAssembly(directory, { Certificate: { Resources: { A: thing() } }, App: { Resources: { Fn: fn } } });
    const manifest = path.join(directory, 'manifest.json');
    const regions = ['eu-west-1', 'us-east-1'];
    const text = fs.readFileSync(manifest, 'utf8');
    const placed = text.replace(/unknown-account\/unknown-region/g, () => `123456789012/${regions.shift()}`);
    fs.writeFileSync(manifest, placed);
    // The artifacts are written in reverse, so that the app is the one in eu-west-1.
    expect(readAssembly(directory)).toMatchObject({
      region: 'eu-west-1',
      warnings: [expect.stringContaining('Here all are in aws://123456789012/eu-west-1')],
    });
  });

  it('has assets by relative and by absolute paths', () => {
    writeAssembly(directory, { S: { Resources: {} } }, { code: {} });
    const file = path.join(directory, 'Assets.json');
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('"asset.code"', '"/elsewhere/asset.code"'));
    expect(readAssembly(directory).assets.get('code.zip')).toBe('/elsewhere/asset.code');
  });

  it.each([
    ['there is none', undefined],
    ['it is no JSON', '{'],
    ['it has another shape', '{"artifacts": 1}'],
    ['it has no stack', '{"artifacts": {}}'],
  ])('is refused with a sentence when %s', (_, manifest) => {
    if (manifest !== undefined) fs.writeFileSync(path.join(directory, 'manifest.json'), manifest);
    expect(() => readAssembly(directory)).toThrow(StackError);
  });
});
