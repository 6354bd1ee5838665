import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { credentials } from '../credentials.ts';

/** The viewer's headers that S3 evaluates. */
const PASSED_ON = ['range', 'if-none-match', 'if-modified-since', 'if-match', 'if-unmodified-since'];

/** Returns the headers of a signed request for an object, as CloudFront sends it with an origin access control. */
export async function signS3Request(
  endpoint: URL,
  region: string,
  method: string,
  path: string,
  viewer: Readonly<Record<string, string | string[] | undefined>>,
): Promise<Record<string, string>> {
  const signer = new SignatureV4({ credentials, region, service: 's3', sha256: Sha256, uriEscapePath: false });
  const headers: Record<string, string> = { host: endpoint.host };
  for (const name of PASSED_ON) if (viewer[name] !== undefined) headers[name] = String(viewer[name]);
  const { hostname, protocol, port } = endpoint;
  const signed = await signer.sign({ method, protocol, hostname, port: Number(port), path, query: {}, headers });
  return signed.headers;
}
