import { hash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import * as z from 'zod/mini';
import { sign } from '#local/access/signature.ts';
import { serveHttp } from '#local/services/http-service.ts';
import type { World } from '#local/types.ts';

const Writes = z.array(z.record(z.string(), z.object({ TableName: z.string() })));
const Request = z.object({
  TableName: z.optional(z.string()),
  RequestItems: z._default(z.record(z.string(), z.unknown()), {}),
  TransactItems: z._default(Writes, []),
});

export const Template = z.object({
  Resources: z.record(z.string(), z.looseObject({ Type: z.string(), Properties: z._default(z.looseObject({}), {}) })),
});
const FunctionProperties = z.looseObject({ Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }) });

/**
 * A proxy between the functions of an assembly and DynamoDB. It records what IAM would have to allow, such as `Accounts… PutItem
 * …Users…`. Each function gets an endpoint with another path.
 */
export async function recordDynamoDb(templateFile: string, target: () => World) {
  const calls = new Set<string>();
  const service = await serveHttp((request, response) => void forward(request, response));

  async function forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const functionId = request.url?.split('/')[1];
    for (const call of callsOf(String(request.headers['x-amz-target']), body)) calls.add(`${functionId} ${call}`);
    const url = new URL(await target().endpoint('DYNAMODB'));
    const contentType = { 'content-type': 'application/x-amz-json-1.0' };
    const unsigned = { ...contentType, host: url.host, 'x-amz-target': String(request.headers['x-amz-target']) };
    const post = { method: 'POST', path: '/', query: new URLSearchParams(), headers: unsigned };
    const { host: _, ...headers } = sign(post, target(), 'dynamodb', hash('sha256', body), Date.now());
    const answer = await fetch(url, { method: 'POST', headers: z.record(z.string(), z.string()).parse(headers), body });
    response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' }).end(await answer.text());
  }

  const template = Template.parse(JSON.parse(readFileSync(templateFile, 'utf8')));
  for (const [id, { Type, Properties }] of Object.entries(template.Resources)) {
    const properties = Type === 'AWS::Lambda::Function' ? FunctionProperties.safeParse(Properties) : undefined;
    if (!properties?.success) continue;
    const { Variables } = properties.data.Environment;
    Properties['Environment'] = { Variables: { ...Variables, AWS_ENDPOINT_URL_DYNAMODB: `${service.endpoint}/${id}` } };
  }
  writeFileSync(templateFile, JSON.stringify({ ...JSON.parse(readFileSync(templateFile, 'utf8')), ...template }));
  return { calls, stop: service.stop };
}

/**
 * The permissions of a call. A transaction or a batch needs one for each action and table in it ("Using IAM with DynamoDB
 * transactions").
 */
function callsOf(target: string, body: string): string[] {
  const operation = target.split('.')[1] ?? '';
  const { TableName, RequestItems, TransactItems } = Request.parse(JSON.parse(body));
  if (operation === 'TransactWriteItems')
    return TransactItems.flatMap((write) =>
      Object.entries(write).map(
        ([kind, { TableName: table }]) =>
          `${kind === 'ConditionCheck' ? 'ConditionCheckItem' : `${kind}Item`} ${table}`,
      ),
    );
  return [...(TableName ? [TableName] : []), ...Object.keys(RequestItems)].map((table) => `${operation} ${table}`);
}
