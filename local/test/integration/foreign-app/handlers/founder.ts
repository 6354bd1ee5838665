import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { put } from './parcels.ts';

/** Founds a depot and tells CloudFormation of it. */
export async function handler(event: CloudFormationCustomResourceEvent): Promise<void> {
  const town: string = event.ResourceProperties['town'];
  await put(`depot-${town}`, event.RequestType);
  const { RequestId, StackId, LogicalResourceId } = event;
  const answer = {
    Status: 'SUCCESS',
    RequestId,
    StackId,
    LogicalResourceId,
    PhysicalResourceId: town,
    Data: { DepotId: `depot-${town}` },
  };
  await fetch(event.ResponseURL, { method: 'PUT', body: JSON.stringify(answer) });
}
