/**
 * Restores a stage to an earlier moment: `npm run restore -- --stage prod --to 2026-11-28T20:40:00Z`. The service must be shut, and the
 * next `npx cdk deploy` switches over (docs/disaster-recovery.md).
 */
import { parseArgs } from 'node:util';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { noteRestored } from './restore/file.ts';
import { generationAt, Recovery, restore } from './restore/restore.ts';

const { values } = parseArgs({
  options: {
    to: { type: 'string' },
    stage: { type: 'string', default: 'dev' },
    /** The stack's output `Recovery`, for a stack that CloudFormation doesn't know, such as a local one. */
    recovery: { type: 'string' },
    help: { type: 'boolean' },
  },
});
const to = new Date(values.to ?? '');
if (values.help || Number.isNaN(to.getTime()) || to.getTime() > Date.now()) {
  console.error('Usage: npm run restore -- --stage <stage> --to <a time in the past, such as 2026-11-28T20:40:00Z>');
  console.error("A local stack is not known to CloudFormation, so there add: --recovery '<its output Recovery>'");
  process.exit(1);
}

async function outputOf(StackName: string): Promise<string> {
  const { Stacks } = await new CloudFormationClient({}).send(new DescribeStacksCommand({ StackName }));
  return Stacks?.[0]?.Outputs?.find(({ OutputKey }) => OutputKey === 'Recovery')?.OutputValue ?? '';
}

const stack = Recovery.parse(JSON.parse(values.recovery ?? (await outputOf(`storm-${values.stage}`))));
const clients = { dynamodb: new DynamoDBClient({ maxAttempts: 10 }), s3: new S3Client({}), sqs: new SQSClient({}) };
const generation = generationAt(new Date());
const restored = await restore(clients, stack, { to, generation, log: (line) => console.log(`✓ ${line}`) });

const file = noteRestored(stack.stage, restored);
console.log(`\nCommit ${file}, and open the service on the restored tables: npx cdk deploy -c stage=${stack.stage}`);
