import type { CloudFormationCustomResourceEvent } from 'aws-lambda';

/**
 * The handler of a custom resource which keeps its physical id, `name`, when it is updated. `run` returns the attributes of the
 * resource. The handler answers CloudFormation with a PUT to the URL in the request ("Custom resource request and response
 * reference"). If `run` throws, the answer is FAILED with the error. The handler throws if CloudFormation doesn't accept the
 * answer.
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
    // The body is bytes, because `fetch` would add a content-type to a string, which isn't part of the URL's signature.
    const response = await fetch(event.ResponseURL, { method: 'PUT', body: Buffer.from(JSON.stringify(answer)) });
    if (!response.ok) throw new Error(`CloudFormation did not take the answer: ${response.status}`);
  };
}
