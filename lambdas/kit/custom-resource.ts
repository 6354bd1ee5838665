import type { CloudFormationCustomResourceEvent } from 'aws-lambda';

/**
 * The handler of a custom resource that outlives its updates. It answers CloudFormation by itself, with a PUT to the address in
 * the request ("Custom resource request and response reference").
 */
export function customResource(
  name: string,
  run: (event: CloudFormationCustomResourceEvent) => Promise<Readonly<Record<string, string>>>,
) {
  return async (event: CloudFormationCustomResourceEvent): Promise<void> => {
    const { StackId, RequestId, LogicalResourceId } = event;
    const PhysicalResourceId = 'PhysicalResourceId' in event ? event.PhysicalResourceId : name;
    const outcome = await run(event).then(
      (Data) => ({ Status: 'SUCCESS', Data }),
      (error: Error) => ({ Status: 'FAILED', Reason: `${error.name}: ${error.message}` }),
    );
    const answer = { ...outcome, StackId, RequestId, LogicalResourceId, PhysicalResourceId };
    // Bytes, because a string would get a content-type, which is not part of the signature.
    const response = await fetch(event.ResponseURL, { method: 'PUT', body: Buffer.from(JSON.stringify(answer)) });
    if (!response.ok) throw new Error(`CloudFormation did not take the answer: ${response.status}`);
  };
}
