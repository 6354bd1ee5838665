import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { expect, test } from 'vitest';
import { keepKey } from '#lambdas/kit/key-generator.ts';

const ParameterName = '/storm-test/key';
const request = {
  ServiceToken: '',
  ResponseURL: '',
  StackId: '',
  RequestId: '',
  LogicalResourceId: '',
  ResourceType: '',
};
const resource = { ServiceToken: '', ParameterName };
const creation: CloudFormationCustomResourceEvent = { ...request, RequestType: 'Create', ResourceProperties: resource };
const updateFrom = (former: Readonly<Record<string, string>>): CloudFormationCustomResourceEvent => ({
  ...request,
  RequestType: 'Update',
  PhysicalResourceId: 'key',
  ResourceProperties: resource,
  OldResourceProperties: { ServiceToken: '', ...former },
});

/** Stores with what they keep. Each new key is another one. */
function storesWith(kept: Record<string, string>, secret?: string) {
  let made = 0;
  const stores = {
    parameters: {
      read: async (name: string) => kept[name],
      async create(name: string, text: string) {
        if (name in kept) return false;
        kept[name] = text;
        return true;
      },
      remove: async (name: string) => void delete kept[name],
    },
    secrets: { read: async (arn: string) => (arn === 'former' ? secret : undefined) },
  };
  const run = (event: CloudFormationCustomResourceEvent) =>
    keepKey(event, stores, (text = `key ${++made}`) => ({ text, attributes: { Public: `of ${text}` } }));
  return { stores, run, kept };
}

test('a key is made once, and every later deployment finds it', async () => {
  const { run, kept } = storesWith({});
  expect(await run(creation)).toEqual({ Public: 'of key 1' });
  expect(await run(updateFrom(resource))).toEqual({ Public: 'of key 1' });
  expect(kept).toEqual({ [ParameterName]: 'key 1' });
});

test('the key of a deployment that kept it in a secret stays the key', async () => {
  const { run, kept } = storesWith({}, 'the first');
  expect(await run(updateFrom({ SecretArn: 'former' }))).toEqual({ Public: 'of the first' });
  expect(kept).toEqual({ [ParameterName]: 'the first' });
});

test('of two that create it at once, both tell of the one that was faster', async () => {
  const { run, stores, kept } = storesWith({});
  const { read } = stores.parameters;
  stores.parameters.read = async () => {
    stores.parameters.read = read;
    kept[ParameterName] = 'theirs';
    return undefined;
  };
  expect(await run(creation)).toEqual({ Public: 'of theirs' });
});

test('it is removed with its resource', async () => {
  const { run, kept } = storesWith({ [ParameterName]: 'key' });
  expect(await run({ ...creation, RequestType: 'Delete', PhysicalResourceId: 'key' })).toEqual({});
  expect(kept).toEqual({});
});
