import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { handlers } from '../../deployment/index.ts';
import { writeAssembly } from '../helpers/assembly.ts';
import { createResource } from '../helpers/resources.ts';
import { startTestStack } from '../helpers/stack.ts';
import { type TestWorld, testWorld } from '../helpers/world.ts';

interface Request {
  readonly RequestType: string;
  readonly ResponseURL: string;
  readonly [property: string]: unknown;
}

let local = (url: string) => url;
const respond = (to: Request, answer: object) =>
  fetch(local(to.ResponseURL), { method: 'PUT', body: JSON.stringify(answer) });

const ServiceToken = 'arn:aws:lambda:us-east-1:000000000000:function:founder';

/** A stack whose function `founder` answers requests for custom resources. */
function start(answer: (request: Request) => unknown, dataDir?: string) {
  const requests: Request[] = [];
  const founder = (event: unknown) => {
    const request = event as Request;
    requests.push(request);
    return answer(request);
  };
  const world = testWorld({ functions: { founder }, ...(dataDir !== undefined && { dataDir }) });
  // The functions of this world are in this process, where AWS's hosts are AWS's.
  local = (url) => world.localize(url);
  return { world, requests, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() };
}

const create = (world: TestWorld, properties: object) =>
  createResource(handlers, world, 'Custom::Depot', { ServiceToken, ...properties }, 'Depot');
const success = (request: Request) =>
  respond(request, { Status: 'SUCCESS', PhysicalResourceId: 'depot-1', Data: { DepotId: '7' } });

// "Custom resource request and response reference" in the CloudFormation user guide.
test('the function is asked as CloudFormation asks, all values as text', async () => {
  await using stack = start(success);
  const created = await create(stack.world, { town: 'Riverside', gates: 2, open: true, at: [{ hour: 8 }] });
  expect(created).toEqual({ ref: 'depot-1', attributes: { DepotId: '7' } });
  expect(stack.requests).toEqual([
    {
      RequestType: 'Create',
      ServiceToken,
      ResponseURL: expect.stringMatching(
        /^https:\/\/cloudformation-custom-resource-response-useast1\.s3\.us-east-1\.amazonaws\.com\//,
      ),
      StackId: 'arn:aws:cloudformation:us-east-1:000000000000:stack/Test/local',
      RequestId: expect.any(String),
      LogicalResourceId: 'Depot',
      ResourceType: 'Custom::Depot',
      ResourceProperties: { ServiceToken, town: 'Riverside', gates: '2', open: 'true', at: [{ hour: '8' }] },
    },
  ]);
});

test('after a restart the answer is remembered; only changed properties make an update', async () => {
  await using first = start(success);
  await create(first.world, { town: 'Riverside' });
  await first.world.stop();
  expect((statSync(join(first.world.dataDir, 'custom-resources.json')).mode & 0o777).toString(8)).toBe('600');

  await using second = start(
    (request) => respond(request, { Status: 'SUCCESS', Data: { DepotId: '8' } }),
    first.world.dataDir,
  );
  expect(await create(second.world, { town: 'Riverside' })).toEqual({ ref: 'depot-1', attributes: { DepotId: '7' } });
  expect(second.requests).toEqual([]);

  expect(await create(second.world, { town: 'Hilltop' })).toEqual({ ref: 'depot-1', attributes: { DepotId: '8' } });
  expect(second.requests).toMatchObject([
    {
      RequestType: 'Update',
      PhysicalResourceId: 'depot-1',
      ResourceProperties: { town: 'Hilltop' },
      OldResourceProperties: { town: 'Riverside' },
    },
  ]);
});

test('FAILED stops the stack with the reason, and is tried again at the next start', async () => {
  await using stack = start((request) => respond(request, { Status: 'FAILED', Reason: 'no ground' }));
  await expect(create(stack.world, {})).rejects.toThrow(/founder answered FAILED: no ground/);
  await using next = start(success, stack.world.dataDir);
  await create(next.world, {});
  expect(next.requests).toMatchObject([{ RequestType: 'Create' }]);
});

test('a function that fails stops the stack at once', async () => {
  await using stack = start(() => {
    throw new Error('boom');
  });
  await expect(create(stack.world, {})).rejects.toThrow(/founder failed: .*boom/);
});

test('a function that sends no response is waited for until ServiceTimeout', async () => {
  await using stack = start(() => {});
  await expect(create(stack.world, { ServiceTimeout: '1' })).rejects.toThrow('sent no response within 1 s');
});

test('a response after the function has ended counts', async () => {
  await using stack = start((request) => void setTimeout(() => success(request), 50));
  expect((await create(stack.world, {})).ref).toBe('depot-1');
});

test('a created resource needs a PhysicalResourceId', async () => {
  await using stack = start((request) => respond(request, { Status: 'SUCCESS' }));
  await expect(create(stack.world, {})).rejects.toThrow('without a PhysicalResourceId');
});

test('answers that cannot be read are refused in one sentence', async () => {
  await using stack = start(success);
  writeFileSync(join(stack.world.dataDir, 'custom-resources.json'), '{"cut');
  await expect(create(stack.world, {})).rejects.toThrow("custom-resources.json can't be read");
});

test('a topic as provider is refused', async () => {
  await using stack = start(success);
  const topic = create(stack.world, { ServiceToken: 'arn:aws:sns:us-east-1:000000000000:topic' });
  await expect(topic).rejects.toThrow('ServiceToken: must be the ARN of a function');
});

// What the CDK writes for `crossRegionReferences`, with a provider function that needn't be there.
test('values of a stack in another region are there', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'regions-'));
  const Provider = { Type: 'AWS::Lambda::Function', Properties: { Code: { S3Key: 'none' }, Runtime: 'python3.13' } };
  const provided = { ServiceToken: { 'Fn::GetAtt': ['Provider', 'Arn'] } };
  const name = '/cdk/exports/West/EastTopicRef';
  writeAssembly(directory, {
    East: {
      Resources: {
        Provider,
        Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'news' } },
        Writer: {
          Type: 'Custom::CrossRegionExportWriter',
          Properties: { ...provided, WriterProps: { region: 'eu-west-1', exports: { [name]: { Ref: 'Topic' } } } },
        },
      },
    },
    West: {
      Resources: {
        Provider,
        Reader: {
          Type: 'Custom::CrossRegionExportReader',
          Properties: { ...provided, ReaderProps: { imports: { [name]: `{{resolve:ssm:${name}}}` } } },
        },
      },
      Outputs: { Topic: { Value: { 'Fn::GetAtt': ['Reader', name] } } },
    },
  });
  await using stack = await startTestStack(directory);
  expect(stack.outputs['West']).toEqual({ Topic: 'arn:aws:sns:us-east-1:000000000000:news' });
  expect(stack.warnings).toEqual([]);
  rmSync(directory, { recursive: true });
});
