import { expect, test } from 'vitest';
import { allows } from '../../websocket-api/policy.ts';

const connect = 'arn:aws:execute-api:us-east-1:000000000000:a1b2c3d4e5/v1/$connect';
const invoke = 'execute-api:Invoke';
const allow = (Resource: string | string[], Action: string | string[] = invoke) => ({
  Effect: 'Allow' as const,
  Action,
  Resource,
});
const deny = (Resource: string | string[], Action: string | string[] = invoke) => ({
  Effect: 'Deny' as const,
  Action,
  Resource,
});

// AWS: "Policy evaluation logic", "IAM JSON policy elements: Resource"
test.each([
  ['nothing', [], false],
  ['the very resource', [allow(connect)], true],
  ['a single statement instead of a list', allow(connect), true],
  ['any resource', [allow('*')], true],
  ['any stage and route', [allow('arn:aws:execute-api:us-east-1:000000000000:a1b2c3d4e5/*')], true],
  ['one character', [allow('arn:aws:execute-api:us-east-?:000000000000:a1b2c3d4e5/v?/$connect')], true],
  ['one of several', [allow(['arn:aws:execute-api:us-east-1:000000000000:other/*', connect])], true],
  ['another API', [allow('arn:aws:execute-api:us-east-1:000000000000:other/*')], false],
  ['a prefix of the resource', [allow(connect.slice(0, -1))], false],
  ['a dot is no wildcard', [allow(connect.replace('$connect', '.connect'))], false],
  ['any action', [allow('*', '*')], true],
  ['any action of the service, in any case', [allow('*', 'Execute-API:*')], true],
  ['another action', [allow('*', 'execute-api:ManageConnections')], false],
  ['a denial after a permission', [allow('*'), deny(connect)], false],
  ['a denial before a permission', [deny('*'), allow(connect)], false],
  ['a denial of something else', [allow('*'), deny('arn:aws:execute-api:us-east-1:000000000000:other/*')], true],
])('%s', (_, Statement, expected) => {
  expect(allows({ Statement }, connect)).toBe(expected);
});
