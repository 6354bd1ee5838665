import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { fill } from './fill.ts';
import { random } from './random.ts';
import { secretsManager } from './store.ts';

const store = secretsManager();

/** Answers CloudFormation by itself, with a PUT to the address in the request ("Custom resource request and response reference"). */
export async function handler(event: CloudFormationCustomResourceEvent): Promise<void> {
  const { StackId, RequestId, LogicalResourceId } = event;
  const PhysicalResourceId = 'PhysicalResourceId' in event ? event.PhysicalResourceId : 'signing-keys';
  const outcome = await fill(event, store, random).then(
    (Data) => ({ Status: 'SUCCESS', Data }),
    (error: Error) => ({ Status: 'FAILED', Reason: `${error.name}: ${error.message}` }),
  );
  const answer = { ...outcome, StackId, RequestId, LogicalResourceId, PhysicalResourceId };
  // Bytes, because a string would get a content-type, which is not part of the signature.
  const response = await fetch(event.ResponseURL, { method: 'PUT', body: Buffer.from(JSON.stringify(answer)) });
  if (!response.ok) throw new Error(`CloudFormation did not take the answer: ${response.status}`);
}
