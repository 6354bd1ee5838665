import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as z from 'zod/mini';
import { memberAt, parsedJson } from '../parse.ts';
import { callService } from '../services/call.ts';
import { ServiceError } from '../services/error.ts';
import { entry } from '../services/events/index.ts';
import { StackError, type World } from '../types.ts';
import { jsonReply, type Reply } from './result.ts';

/** The integrations that call a service without a function ("AWS service integrations reference"), with the parameters that they take. */
const subtypes = {
  'EventBridge-PutEvents': z.omit(entry, { Resources: true, Time: true }),
  'SQS-SendMessage': z.object({
    QueueUrl: z.string(),
    MessageBody: z.string(),
    DelaySeconds: z.optional(z.coerce.number()),
    MessageGroupId: z.optional(z.string()),
    MessageDeduplicationId: z.optional(z.string()),
  }),
};
export const Subtype = z.enum(['EventBridge-PutEvents', 'SQS-SendMessage']);

/** A value of the request in a parameter: `$request.body.name`, or `${…}` within a text. */
const reference = /\$\{?((?:request|context|stageVariables)\.[\w.-]+)\}?/g;

/** Answers a request by a call of a service. Its answer is passed on, as JSON. @throws StackError for parameters that it doesn't take. */
export function serviceIntegration(
  subtype: z.output<typeof Subtype>,
  parameters: Readonly<Record<string, string>>,
  world: World,
): (event: APIGatewayProxyEventV2) => Promise<Reply> {
  const known: readonly string[] = Object.keys(subtypes[subtype].shape);
  const unknown = Object.keys(parameters).filter((name) => !known.includes(name));
  if (unknown.length) throw new StackError(`RequestParameters: ${unknown.join(', ')} isn't supported for ${subtype}.`);
  return async (event) => {
    const filled = Object.fromEntries(
      Object.entries(parameters).map(([name, text]) => [
        name,
        text.replace(reference, (_, path: string) => valueAt(event, path)),
      ]),
    );
    const input = subtypes[subtype].safeParse(filled);
    if (!input.success) return jsonReply(400, { message: z.prettifyError(input.error) });
    try {
      const isEvent = subtype === 'EventBridge-PutEvents';
      const result = isEvent
        ? await callService(world, 'AWSEvents.PutEvents', { Entries: [input.data] })
        : await callService(world, 'AmazonSQS.SendMessage', input.data);
      return jsonReply(200, result);
    } catch (error) {
      if (error instanceof ServiceError) return jsonReply(400, { message: error.message });
      throw error;
    }
  };
}

/** "Transform API requests and responses for HTTP APIs": what a name stands for, or nothing. */
function valueAt(event: APIGatewayProxyEventV2, path: string): string {
  const [first, second, ...rest] = path.split('.');
  if (first === 'stageVariables') return event.stageVariables?.[second ?? ''] ?? '';
  if (first === 'context') return textAt(event.requestContext, [second ?? '', ...rest]);
  const body = event.isBase64Encoded ? Buffer.from(event.body ?? '', 'base64').toString() : (event.body ?? '');
  const [name = ''] = rest;
  if (second === 'body') return rest.length === 0 ? body : textAt(parsedJson(body), rest);
  if (second === 'header') return event.headers[name.toLowerCase()] ?? '';
  if (second === 'querystring') return event.queryStringParameters?.[name] ?? '';
  return event.pathParameters?.[name] ?? '';
}

function textAt(value: unknown, keys: readonly string[]): string {
  const found = memberAt(value, keys);
  return typeof found === 'string' ? found : (JSON.stringify(found) ?? '');
}
