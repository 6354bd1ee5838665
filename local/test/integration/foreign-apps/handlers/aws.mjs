import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';

const { AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;

class Sha256 {
  constructor(secret) {
    this.hash = secret ? createHmac('sha256', secret) : createHash('sha256');
  }
  update(data) {
    this.hash.update(data);
  }
  async digest() {
    return this.hash.digest();
  }
}

/** Calls an operation such as `events`, `AWSEvents.PutEvents` at the address that it has on AWS, without a client of the SDK. */
export async function call(service, target, input) {
  const credentials = {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    sessionToken: AWS_SESSION_TOKEN,
  };
  const signer = new SignatureV4({ service, region: AWS_REGION, credentials, sha256: Sha256 });
  const hostname = `${service}.${AWS_REGION}.amazonaws.com`;
  const body = JSON.stringify(input);
  const headers = { host: hostname, 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target };
  const request = { method: 'POST', protocol: 'https:', hostname, path: '/', query: {}, headers, body };
  const signed = await signer.sign(request);
  const answer = await fetch(`https://${hostname}/`, { method: 'POST', headers: signed.headers, body });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
}
