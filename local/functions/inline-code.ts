import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What Lambda puts beside code that is in a template ("cfn-response module" in the CloudFormation user guide). */
const cfnResponse = `
const https = require('node:https');
exports.SUCCESS = 'SUCCESS';
exports.FAILED = 'FAILED';
exports.send = (event, context, Status, Data, PhysicalResourceId = context.logStreamName, NoEcho = false) =>
  new Promise((resolve) => {
    const { StackId, RequestId, LogicalResourceId } = event;
    const Reason = 'See the details in CloudWatch Log Stream: ' + context.logStreamName;
    const body = JSON.stringify({ Status, Reason, PhysicalResourceId, StackId, RequestId, LogicalResourceId, NoEcho, Data });
    const done = (error) => {
      if (error) console.log('The response could not be sent: ' + error);
      context.done?.();
      resolve();
    };
    const headers = { 'content-type': '', 'content-length': Buffer.byteLength(body) };
    https.request(event.ResponseURL, { method: 'PUT', headers }, () => done()).on('error', done).end(body);
  });
`;

/** Writes code from a template to files, and returns their folder. On Lambda it is CommonJS in a file named `index`. */
export function inlineCode(name: string, code: string, dataDir: string): string {
  const folder = join(dataDir, 'inline-functions', name);
  const modules = join(folder, 'node_modules');
  mkdirSync(modules, { recursive: true });
  writeFileSync(join(folder, 'index.js'), code);
  writeFileSync(join(modules, 'cfn-response.js'), cfnResponse);
  return folder;
}
