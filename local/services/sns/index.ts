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
import type { Topics } from './topics.ts';

const SubscriptionProperties = z.object({
  TopicArn: z.string(),
  Protocol: z.enum(['lambda', 'sqs', 'http', 'https', 'email', 'email-json'], "isn't supported"),
  Endpoint: z.string(),
  RawMessageDelivery: z._default(Flag, false),
  RedrivePolicy: z.optional(z.object({ deadLetterTargetArn: z.string() })),
  FilterPolicy: z.optional(z.undefined("isn't supported")),
});
const TopicProperties = z.object({
  FifoTopic: z.optional(z.literal(false, "isn't supported")),
  Subscription: z._default(z.array(z.object({ Protocol: z.string(), Endpoint: z.string() })), []),
});

/** Returns the handlers of topics and their subscriptions. Policies have no effect. */
export function topicHandlers(topics: Topics): ResourceHandler[] {
  const subscribe = async (name: string, given: unknown): Promise<string> => {
    const { TopicArn, Protocol, Endpoint, RawMessageDelivery, RedrivePolicy } = parseProperties(
      SubscriptionProperties,
      given,
    );
    const arn = `${TopicArn}:${name}`;
    await topics.subscribe(TopicArn, {
      arn,
      protocol: Protocol,
      endpoint: Endpoint,
      raw: RawMessageDelivery,
      deadLetters: RedrivePolicy?.deadLetterTargetArn,
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

/** Starts SNS, with its query protocol. It knows `Publish` to topics, and `ConfirmSubscription`, which needs no signature. */
export function startSns(
  topics: Topics,
  world: Pick<World, 'credentials' | 'region' | 'faults'>,
): Promise<HttpService> {
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
      if (action !== 'Publish' || !topicArn)
        throw new ServiceError(
          'InvalidAction',
          `The local stack doesn't know the operation ${action} without a topic.`,
        );
      const message = { Message: form.get('Message') ?? '', Subject: form.get('Subject') ?? undefined };
      if (message.Message === '') throw new ServiceError('InvalidParameter', 'Invalid parameter: Empty message');
      return answer(200, result(action, `<MessageId>${topics.publish(topicArn, message)}</MessageId>`));
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
