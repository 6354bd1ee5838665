import type { RequestListener } from 'node:http';
import { buffer } from 'node:stream/consumers';
import * as z from 'zod/mini';
import { physicalName } from '../../assembly/skipped.ts';
import { handle } from '../../handle.ts';
import { parseProperties } from '../../parse.ts';
import type { ResourceHandler, World } from '../../types.ts';
import { ServiceError } from '../error.ts';
import { type HttpService, serveHttp } from '../http-service.ts';
import { assertSigned } from '../signed.ts';
import { toXml, type Xml } from '../xml.ts';
import { filterPolicy } from './filter-policy.ts';
import { publications } from './publish.ts';
import { SubscriptionProperties, topicsOf } from './topics.ts';

const TopicProperties = z.object({
  FifoTopic: z.optional(z.literal(false, "isn't supported")),
  Subscription: z._default(z.array(z.object({ Protocol: z.string(), Endpoint: z.string() })), []),
});

async function subscribe(name: string, wanted: z.output<typeof SubscriptionProperties>, world: World) {
  const arn = `${wanted.TopicArn}:${name}`;
  const isWanted = filterPolicy(wanted.FilterPolicy, wanted.FilterPolicyScope);
  await topicsOf(world).subscribe({ ...wanted, arn, isWanted });
  return arn;
}

/** The handlers of topics and their subscriptions. */
export const topics: readonly ResourceHandler[] = [
  handle('AWS::SNS::Topic', TopicProperties, async ({ Subscription }, world, resource) => {
    const name = physicalName(resource);
    const arn = `arn:aws:sns:${world.region}:${world.account}:${name}`;
    topicsOf(world).create(arn);
    for (const [i, each] of Subscription.entries())
      await subscribe(String(i), parseProperties(SubscriptionProperties, { TopicArn: arn, ...each }), world);
    return { ref: arn, attributes: { TopicArn: arn, TopicName: name } };
  }),
  handle('AWS::SNS::Subscription', SubscriptionProperties, async (given, world, { stack, logicalId }) => {
    const arn = await subscribe(`${stack}-${logicalId}`, given, world);
    return { ref: arn, attributes: { Arn: arn } };
  }),
];

/**
 * Starts SNS, with its query protocol. It knows `Publish` and `PublishBatch` to topics, and `ConfirmSubscription`, which needs no
 * signature.
 */
export function startSns(world: World): Promise<HttpService> {
  const serve: RequestListener = async (request, response) => {
    const answer = (status: number, name: string, content: Xml) =>
      response.writeHead(status, { 'content-type': 'text/xml' }).end(toXml(name, content));
    const done = (action: string, result: Xml) => answer(200, `${action}Response`, { [`${action}Result`]: result });
    try {
      const body = await buffer(request);
      const form = new URLSearchParams(request.method === 'GET' ? request.url?.split('?')[1] : body.toString());
      const action = form.get('Action') ?? '';
      const topicArn = form.get('TopicArn') ?? '';
      if (action === 'ConfirmSubscription') {
        return done(action, { SubscriptionArn: topicsOf(world).confirm(topicArn, form.get('Token') ?? '') });
      }
      assertSigned(request, body, world, 'sns');
      const publish = publications[action];
      if (!publish || !topicArn)
        throw new ServiceError('InvalidAction', `The local stack doesn't know ${action} without a topic.`);
      return done(
        action,
        publish(form, (message) => topicsOf(world).publish(topicArn, message)),
      );
    } catch (error) {
      const { code, message } = error instanceof ServiceError ? error : { code: 'InternalError', message: `${error}` };
      const status = code === 'InternalError' ? 500 : code === 'NotFound' ? 404 : 400;
      return answer(status, 'ErrorResponse', { Error: { Type: 'Sender', Code: code, Message: message } });
    }
  };
  return serveHttp(serve, { service: 'SNS', faults: world.faults });
}
