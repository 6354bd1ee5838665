import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { functionResource, type TestTemplate, writeAssembly } from '../helpers/assembly.ts';
import { startTestStack } from '../helpers/stack.ts';

/** Runs a template, and returns its outputs. */
async function outputsOf(template: TestTemplate, code: Record<string, Record<string, string>> = {}) {
  const assembly = mkdtempSync(join(tmpdir(), 'providers-'));
  writeAssembly(assembly, { S: template }, code);
  await using stack = await startTestStack(assembly);
  rmSync(assembly, { recursive: true });
  return stack.outputs['S'];
}

const attribute = (id: string, name: string) => ({ Value: { 'Fn::GetAtt': [id, name] } });
const custom = (fn: string, properties: object = {}) => ({
  Type: 'Custom::Thing',
  Properties: { ServiceToken: { 'Fn::GetAtt': [fn, 'Arn'] }, ...properties },
});

/** Answers as the CDK's own providers do: by `https.request` with the parts of the URL. */
const provider = `
const https = require('node:https');
exports.answer = (event, Data) => new Promise((resolve, reject) => {
  const { hostname, pathname, search } = new URL(event.ResponseURL);
  const { StackId, RequestId, LogicalResourceId } = event;
  const body = JSON.stringify({ Status: 'SUCCESS', PhysicalResourceId: 'p', StackId, RequestId, LogicalResourceId, Data });
  const headers = { 'content-type': '', 'content-length': Buffer.byteLength(body, 'utf8') };
  https.request({ hostname, path: pathname + search, method: 'PUT', headers }, (answer) => {
    answer.resume();
    answer.statusCode < 400 ? resolve() : reject(new Error('status ' + answer.statusCode));
  }).on('error', reject).end(body);
});`;

// "Custom resource request and response objects" in the CloudFormation user guide: the URL is one of S3, with TLS.
test('a provider answers by https, as those of the CDK do', async () => {
  const outputs = await outputsOf(
    {
      Resources: { Fn: functionResource('fn', { Timeout: 60 }), Thing: custom('Fn') },
      Outputs: { Name: attribute('Thing', 'Name') },
    },
    {
      fn: {
        'index.js': `const { answer } = require('./provider'); exports.handler = (event) => answer(event, { Name: 'made' });`,
        'provider.js': provider,
      },
    },
  );
  expect(outputs).toEqual({ Name: 'made' });
});

// "cfn-response module" in the CloudFormation user guide.
test('code in the template has cfn-response', async () => {
  const ZipFile = `const response = require('cfn-response');
    exports.handler = (event, context) => response.send(event, context, response.SUCCESS, { Name: 'inline' });`;
  const Fn = functionResource('none', { Code: { ZipFile }, Timeout: 60 });
  const outputs = await outputsOf({
    Resources: { Fn, Thing: custom('Fn') },
    Outputs: { Name: attribute('Thing', 'Name'), Ref: { Value: { Ref: 'Thing' } } },
  });
  expect(outputs).toEqual({ Name: 'inline', Ref: 'local' });
});

test('a queue is read as soon as its function is there, so it may answer a custom resource', async () => {
  const asking = `
    import { SQS } from '@aws-sdk/client-sqs';
    export const handler = (event) =>
      new SQS().sendMessage({ QueueUrl: event.ResourceProperties.Queue, MessageBody: JSON.stringify(event) });`;
  const answering = `const { answer } = require('./provider');
    exports.handler = ({ Records: [{ body }] }) => answer(JSON.parse(body), { Name: 'by the queue' });`;
  const outputs = await outputsOf(
    {
      Resources: {
        Thing: custom('Asking', { Queue: { Ref: 'Queue' } }),
        Asking: functionResource('asking', { Timeout: 60 }),
        Queue: { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: 360 } },
        Answering: functionResource('answering', { Timeout: 60 }),
        Mapping: {
          Type: 'AWS::Lambda::EventSourceMapping',
          Properties: { EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] }, FunctionName: { Ref: 'Answering' } },
        },
      },
      Outputs: { Name: attribute('Thing', 'Name') },
    },
    { asking: { 'index.mjs': asking }, answering: { 'index.js': answering, 'provider.js': provider } },
  );
  expect(outputs).toEqual({ Name: 'by the queue' });
});
