import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod/mini';
import { jsonFile } from '../json-file.ts';
import { Count, parseProperties } from '../parse.ts';
import { perWorld } from '../per-world.ts';
import { serveHttp } from '../services/http-service.ts';
import { type ResourceHandler, StackError, type World } from '../types.ts';

const properties = z.looseObject({
  ServiceToken: z.string().check(z.regex(/^arn:aws:lambda:/, 'must be the ARN of a function')),
  // CloudFormation waits for an hour by default. On a laptop, a developer sits and waits for it.
  ServiceTimeout: z._default(Count, 300),
});

const response = z.object({
  Status: z.enum(['SUCCESS', 'FAILED']),
  Reason: z.optional(z.string()),
  PhysicalResourceId: z.optional(z.string()),
  Data: z._default(z.record(z.string(), z.unknown()), {}),
});

/** A custom resource that exists: its properties, and the answer of its function. It is kept for later starts. */
const known = z.object({ properties: z.unknown(), physicalId: z.string(), data: z.record(z.string(), z.unknown()) });

/**
 * Handles custom resources that the app's own functions provide ("Custom resource request and response objects" in the
 * CloudFormation user guide). The function is invoked once for `Create`, and its answer is kept in the data folder; when the
 * properties change, it is invoked for `Update`. It is never invoked for `Delete`.
 */
export const customResource: ResourceHandler = {
  types: ['AWS::CloudFormation::CustomResource', 'Custom::*'],
  changes: true,
  async create(resource, world) {
    const { ServiceToken, ServiceTimeout } = parseProperties(properties, resource.properties);
    const wanted = Object.fromEntries(
      Object.entries(resource.properties).map(([name, value]) => [name, asText(value)]),
    );
    const { entries, save } = jsonFile(join(world.dataDir, 'custom-resources.json'), known);
    const key = `${resource.stack}/${resource.logicalId}`;
    const before = entries[key];
    if (before && isDeepStrictEqual(before.properties, wanted)) return created(before);

    const request = {
      ServiceToken,
      StackId: `arn:aws:cloudformation:${world.region}:${world.account}:stack/${resource.stack}/local`,
      RequestId: randomUUID(),
      LogicalResourceId: resource.logicalId,
      ResourceType: resource.type,
      // Functions have the project's SDK. To install another one, the CDK's provider would call npm.
      ResourceProperties: 'InstallLatestAwsSdk' in wanted ? { ...wanted, InstallLatestAwsSdk: 'false' } : wanted,
      ...(before
        ? { RequestType: 'Update', PhysicalResourceId: before.physicalId, OldResourceProperties: before.properties }
        : { RequestType: 'Create' }),
    };
    const { Status, Reason, PhysicalResourceId, Data } = await invokeAndWait(request, 1000 * ServiceTimeout, world);
    if (Status === 'FAILED') throw new StackError(`${ServiceToken} answered FAILED: ${Reason ?? 'no reason given'}`);
    const physicalId = PhysicalResourceId ?? before?.physicalId;
    if (physicalId === undefined) throw new StackError(`${ServiceToken} answered without a PhysicalResourceId.`);
    const now = { properties: wanted, physicalId, data: Data };
    entries[key] = now;
    save();
    return created(now);
  },
};

function created({ physicalId, data }: z.infer<typeof known>) {
  return { ref: physicalId, attributes: data };
}

/** Converts all scalars to text, as CloudFormation does. */
function asText(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asText);
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, asText(inner)]));
}

/** Invokes the function and waits until it PUTs its response to the response URL. Throws at once if the function fails. */
async function invokeAndWait(request: { ServiceToken: string }, timeoutMs: number, world: World) {
  const { ServiceToken } = request;
  const answer = Promise.withResolvers<unknown>();
  const { ResponseURL, forget } = await responseUrl(world, answer.resolve);
  const late = new StackError(`${ServiceToken} sent no response within ${timeoutMs / 1000} s.`);
  const tooLate = setTimeout(() => answer.reject(late), timeoutMs);
  try {
    await world.startReading();
    world.functions.invoke(ServiceToken, { ...request, ResponseURL }).then(
      ({ functionError, payload }) => {
        if (functionError) answer.reject(new StackError(`${ServiceToken} failed: ${JSON.stringify(payload)}`));
      },
      (error) => answer.reject(new StackError(`${ServiceToken} could not be invoked: ${error}`)),
    );
    return parseProperties(response, await answer.promise);
  } finally {
    clearTimeout(tooLate);
    forget();
  }
}

/** Makes a URL for a response. On AWS it is that of an object in a bucket, and as there, whoever knows it may answer. */
async function responseUrl(world: World, answer: (response: unknown) => void) {
  const { url, awaited } = await responsesOf(world);
  const path = `/${randomUUID()}`;
  awaited.set(path, answer);
  return { ResponseURL: url + path, forget: () => void awaited.delete(path) };
}

/** Where functions send their responses, by the path that each got. */
const responsesOf = perWorld(async (world) => {
  const awaited = new Map<string, (response: unknown) => void>();
  const service = await serveHttp((incoming, reply) => {
    const answer = awaited.get(incoming.url ?? '');
    if (!answer) return void reply.writeHead(403).end();
    json(incoming).then(
      (response) => {
        reply.end();
        answer(response);
      },
      () => reply.writeHead(400).end(),
    );
  });
  world.whenStopping(() => service.stop());
  const bucket = `cloudformation-custom-resource-response-${world.region.replaceAll('-', '')}`;
  const url = `https://${bucket}.s3.${world.region}.amazonaws.com`;
  world.serveAt(url, service.endpoint);
  return { url, awaited };
});
