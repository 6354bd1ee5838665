import type { RequestListener } from 'node:http';
import { buffer } from 'node:stream/consumers';
import * as z from 'zod/mini';
import { physicalName } from '../../assembly/skipped.ts';
import { escapeHtml } from '../../console/escape-html.ts';
import { Flag, parseProperties } from '../../parse.ts';
import type { ResourceHandler, World } from '../../types.ts';
import { ServiceError } from '../error.ts';
import { type HttpService, serveHttp } from '../http-service.ts';
import { assertSigned } from '../signed.ts';
import { filterPolicy } from './filter-policy.ts';
import { publications } from './publish.ts';
import type { Topics } from './topics.ts';

const SubscriptionProperties = z.object({
  TopicArn: z.string(),
  Protocol: z.enum(['lambda', 'sqs', 'http', 'https', 'email', 'email-json'], "isn't supported"),
  Endpoint: z.string(),
  RawMessageDelivery: z._default(Flag, false),
  RedrivePolicy: z.optional(z.object({ deadLetterTargetArn: z.string() })),
  FilterPolicy: z.optional(z.record(z.string(), z.unknown())),
  FilterPolicyScope: z._default(z.enum(['MessageAttributes', 'MessageBody']), 'MessageAttributes'),
});
const TopicProperties = z.object({
  FifoTopic: z.optional(z.literal(false, "isn't supported")),
  Subscription: z._default(z.array(z.object({ Protocol: z.string(), Endpoint: z.string() })), []),
});

/** Returns the handlers of topics and their subscriptions. Policies have no effect. */
export function topicHandlers(topics: Topics): ResourceHandler[] {
  const subscribe = async (name: string, given: unknown): Promise<string> => {
    const { TopicArn, ...wanted } = parseProperties(SubscriptionProperties, given);
    const arn = `${TopicArn}:${name}`;
    await topics.subscribe(TopicArn, {
      arn,
      protocol: wanted.Protocol,
      endpoint: wanted.Endpoint,
      raw: wanted.RawMessageDelivery,
      isWanted: filterPolicy(wanted.FilterPolicy, wanted.FilterPolicyScope),
      deadLetters: wanted.RedrivePolicy?.deadLetterTargetArn,
    });
    return arn;
  };
  return [
    {
      types: ['AWS::SNS::Topic'],
      async create(resource, world) {
        const { Subscription } = parseProperties(TopicProperties, resource.properties);
        const name = physicalName(resource);
        const arn = `arn:aws:sns:${world.region}:${world.account}:${name}`;
        topics.create(arn);
        for (const [i, each] of Subscription.entries()) await subscribe(String(i), { TopicArn: arn, ...each });
        return { ref: arn, attributes: { TopicArn: arn, TopicName: name } };
      },
    },
    {
      types: ['AWS::SNS::Subscription'],
      async create({ stack, logicalId, properties }) {
        const arn = await subscribe(`${stack}-${logicalId}`, properties);
        return { ref: arn, attributes: { Arn: arn } };
      },
    },
  ];
}

/**
 * Starts SNS, with its query protocol. It knows `Publish` and `PublishBatch` to topics, and `ConfirmSubscription`, which needs no
 * signature.
 */
export function startSns(topics: Topics, world: World): Promise<HttpService> {
  const serve: RequestListener = async (request, response) => {
    const answer = (status: number, xml: string) => response.writeHead(status, { 'content-type': 'text/xml' }).end(xml);
    try {
      const body = await buffer(request);
      const form = new URLSearchParams(request.method === 'GET' ? request.url?.split('?')[1] : body.toString());
      const action = form.get('Action') ?? '';
      const topicArn = form.get('TopicArn') ?? '';
      if (action === 'ConfirmSubscription') {
        const arn = topics.confirm(topicArn, form.get('Token') ?? '');
        return answer(200, result(action, `<SubscriptionArn>${escapeHtml(arn)}</SubscriptionArn>`));
      }
      assertSigned(request, body, world, 'sns');
      const publish = publications[action];
      if (!publish || !topicArn)
        throw new ServiceError('InvalidAction', `The local stack doesn't know ${action} without a topic.`);
      const published = publish(form, (message) => topics.publish(topicArn, message));
      return answer(200, result(action, published));
    } catch (error) {
      const [code, message] =
        error instanceof ServiceError ? [error.code, error.message] : ['InternalError', `${error}`];
      const status = code === 'InternalError' ? 500 : code === 'NotFound' ? 404 : 400;
      const fault = `<Code>${escapeHtml(code)}</Code><Message>${escapeHtml(message)}</Message>`;
      return answer(status, `<ErrorResponse><Error><Type>Sender</Type>${fault}</Error></ErrorResponse>`);
    }
  };
  return serveHttp(serve, { service: 'SNS', faults: world.faults });
}

const result = (action: string, content: string) =>
  `<${action}Response><${action}Result>${content}</${action}Result></${action}Response>`;
