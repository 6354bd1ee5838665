import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Access } from '../access/credentials.ts';
import { type SignatureFault, signatureFault } from '../access/signature.ts';
import { ServiceError } from './error.ts';

const invalid = 'InvalidSignatureException';
const errors: Readonly<Record<SignatureFault, readonly [code: string, message: string]>> = {
  missing: ['MissingAuthenticationTokenException', 'Request is missing Authentication Token'],
  'unknown key': ['UnrecognizedClientException', 'The security token included in the request is invalid.'],
  'wrong scope': [invalid, 'Credential should be scoped to a valid region and to the correct service.'],
  'wrong time': [invalid, 'Signature not yet current, or expired.'],
  'not yet valid': [invalid, 'Signature not yet current.'],
  'wrong lifetime': [invalid, 'X-Amz-Expires must be a number of seconds, from 1 to 604800.'],
  expired: [invalid, 'Signature expired.'],
  'unsigned header': [invalid, 'A header x-amz-… is not in the signature.'],
  mismatch: [
    invalid,
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.',
  ],
};

type Signed = Pick<IncomingMessage, 'method' | 'url' | 'headers'>;

/**
 * Returns an error unless a request to any service but S3 is signed with the stack's access key, and its body, too. The codes are those of
 * "Error handling with DynamoDB", which the JSON protocols share.
 */
export function signatureError(
  { method = '', url = '/', headers }: Signed,
  body: Buffer,
  access: Access,
  service: string,
) {
  const [path = '/', query] = url.split('?', 2);
  const request = { method, path, query: new URLSearchParams(query), headers };
  const fault = signatureFault(request, access, service, hash('sha256', body), Date.now());
  return fault && new ServiceError(...errors[fault]);
}

/** Throws that error. */
export function assertSigned(request: Signed, body: Buffer, access: Access, service: string): void {
  const error = signatureError(request, body, access, service);
  if (error) throw error;
}
