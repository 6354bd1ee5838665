import type { Access } from '../../access/credentials.ts';
import { type SignatureFault, signatureFault } from '../../access/signature.ts';
import { type S3Code, S3Error } from './error.ts';
import type { S3Request } from './request.ts';

const errors: Readonly<Record<SignatureFault, readonly [code: S3Code, message: string]>> = {
  missing: ['AccessDenied', 'Access Denied'],
  'unknown key': ['InvalidAccessKeyId', 'The AWS access key Id you provided does not exist in our records.'],
  'wrong scope': ['AuthorizationHeaderMalformed', 'The credential is of another region or service.'],
  'wrong time': ['RequestTimeTooSkewed', 'The difference between the request time and the current time is too large.'],
  'not yet valid': ['AccessDenied', 'Request is not yet valid'],
  'wrong lifetime': ['AuthorizationQueryParametersError', 'X-Amz-Expires must be a number from 1 to 604800.'],
  expired: ['AccessDenied', 'Request has expired'],
  'unsigned header': ['AccessDenied', 'There were headers present in the request which were not signed'],
  mismatch: ['SignatureDoesNotMatch', 'The request signature we calculated does not match the signature you provided.'],
};

/**
 * Verifies the signature of a request, in its headers or its query. Returns the signed payload hash: a SHA-256, `UNSIGNED-PAYLOAD`,
 * or the kind of streaming. Throws `S3Error`.
 */
export function verifySignature(request: S3Request, access: Access, now: number): string {
  const { query, headers } = request;
  const payload = query.has('X-Amz-Signature')
    ? query.get('X-Amz-Content-Sha256')
    : headers['x-amz-content-sha256']?.toString();
  const fault = signatureFault(request, access, 's3', payload || 'UNSIGNED-PAYLOAD', now);
  if (fault) throw new S3Error(...errors[fault]);
  return payload || 'UNSIGNED-PAYLOAD';
}
