import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod/mini';
import { sendToQueue } from '../../functions/destination.ts';
import { Flag } from '../../parse.ts';
import { perWorld } from '../../per-world.ts';
import type { World } from '../../types.ts';
import { ServiceError } from '../error.ts';
import { keepMail } from '../ses/mails.ts';

/** An attribute of a message, as envelopes have it. What is `Binary` is in base64. */
export interface Attribute {
  readonly Type: string;
  readonly Value: string;
}

/** What is published. */
export interface Publication {
  readonly Message: string;
  readonly Subject?: string | undefined;
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** The texts for the endpoints of some protocols in place of `Message`. */
  readonly byProtocol?: Readonly<Record<string, string>>;
}

export const SubscriptionProperties = z.object({
  TopicArn: z.string(),
  Protocol: z.enum(['lambda', 'sqs', 'http', 'https', 'email', 'email-json'], "isn't supported"),
  /** The ARN of a function or a queue, an address of a server, or of somebody's mail. */
  Endpoint: z.string(),
  /** Whether the endpoint gets the message alone, without what SNS says about it. */
  RawMessageDelivery: z._default(Flag, false),
  RedrivePolicy: z.optional(z.object({ deadLetterTargetArn: z.string() })),
  FilterPolicy: z.optional(z.record(z.string(), z.unknown())),
  FilterPolicyScope: z._default(z.enum(['MessageAttributes', 'MessageBody']), 'MessageAttributes'),
});

interface Subscription extends z.output<typeof SubscriptionProperties> {
  readonly arn: string;
  /** Tells whether the endpoint wants a message: its filter policy. */
  readonly isWanted: (message: Publication) => boolean;
  /** With a server, the token by which it has to confirm the subscription first. */
  token?: string | undefined;
}

/** How often a server is tried again, and how long that waits for, in ms. SNS tries for 23 days, or as its delivery policy says. */
const retries = 3;
const retryMs = 1_000;
/** How long a server may take ("Amazon SNS message delivery retries"). */
const timeoutMs = 15_000;

/** The topics of a stack, and what they deliver. */
class Topics {
  readonly #world: World;
  readonly #topics = new Map<string, Subscription[]>();
  readonly #stopping = new AbortController();

  constructor(world: World) {
    this.#world = world;
    world.whenStopping(async () => this.#stopping.abort());
  }

  create(arn: string): void {
    this.#topics.set(arn, []);
  }

  /** A server is asked to confirm before it gets messages ("Subscribing an HTTPS endpoint to a topic"). */
  async subscribe(subscription: Subscription): Promise<void> {
    const { TopicArn: topicArn } = subscription;
    this.#subscriptions(topicArn).push(subscription);
    if (!subscription.Protocol.startsWith('http')) return;
    subscription.token = randomUUID();
    const SubscribeURL = `${await this.#world.endpoint('SNS')}/?Action=ConfirmSubscription&TopicArn=${topicArn}&Token=${subscription.token}`;
    const Message = `You have chosen to subscribe to the topic ${topicArn}. To confirm it, visit the SubscribeURL of this message.`;
    const about = envelope('SubscriptionConfirmation', topicArn, { Message });
    this.#inBackground(subscription, () =>
      this.#post(subscription, about.Type, JSON.stringify({ ...about, Token: subscription.token, SubscribeURL })),
    );
  }

  /** @throws ServiceError if the token is none of the topic's. */
  confirm(topicArn: string, token: string): string {
    const found = this.#subscriptions(topicArn).find((each) => each.token === token);
    if (!found) throw new ServiceError('InvalidParameter', 'Invalid parameter: Token');
    found.token = undefined;
    return found.arn;
  }

  /** Publishes a message, and returns its id. Deliveries go on in the background. @throws ServiceError if there is no such topic. */
  publish(topicArn: string, message: Publication): string {
    const MessageId = randomUUID();
    for (const subscription of this.#subscriptions(topicArn)) {
      if (subscription.token !== undefined || !subscription.isWanted(message)) continue;
      const Message = message.byProtocol?.[subscription.Protocol] ?? message.Message;
      const about = envelope('Notification', topicArn, { ...message, Message });
      this.#inBackground(subscription, () => this.#deliver(subscription, { ...about, MessageId }));
    }
    return MessageId;
  }

  #subscriptions(topicArn: string): Subscription[] {
    const found = this.#topics.get(topicArn);
    if (!found) throw new ServiceError('NotFound', 'Topic does not exist');
    return found;
  }

  #inBackground(subscription: Subscription, deliver: () => Promise<void>): void {
    deliver().catch((error: Error) => {
      if (!this.#stopping.signal.aborted)
        this.#world.log.warn(`${subscription.arn} did not get a message: ${error.message}`);
    });
  }

  async #deliver(subscription: Subscription, about: Envelope): Promise<void> {
    const { arn, Protocol: protocol, Endpoint: endpoint, RawMessageDelivery: raw, RedrivePolicy } = subscription;
    const text = raw ? about.Message : JSON.stringify(about);
    const attributes = raw ? queueAttributes(about) : {};
    try {
      if (protocol === 'lambda') {
        const origin = { EventSource: 'aws:sns', EventVersion: '1.0', EventSubscriptionArn: arn };
        await this.#world.functions.invokeAsync(endpoint, { Records: [{ ...origin, Sns: lambdaForm(about) }] });
      } else if (protocol === 'sqs') await sendToQueue(this.#world, endpoint, text, attributes);
      else if (protocol === 'email' || protocol === 'email-json') {
        const shown = protocol === 'email' ? about.Message : text;
        const subject = about.Subject ?? 'AWS Notification Message';
        keepMail(this.#world.dataDir, { from: 'no-reply@sns.amazonaws.com', to: [endpoint], subject, text: shown });
      } else await this.#post(subscription, about.Type, text);
    } catch (error) {
      if (!RedrivePolicy) throw error;
      await sendToQueue(this.#world, RedrivePolicy.deadLetterTargetArn, text, attributes);
    }
  }

  /** Posts to a server of this machine. Others are left alone: what is tried here must reach nobody. */
  async #post(
    { arn, Endpoint: endpoint, RawMessageDelivery: raw }: Subscription,
    type: string,
    text: string,
  ): Promise<void> {
    const url = new URL(endpoint);
    if (!['localhost', '127.0.0.1', '[::1]'].includes(url.hostname))
      throw new Error(`${url.host} is not on this machine, so nothing is sent there.`);
    const headers = {
      'content-type': 'text/plain; charset=UTF-8',
      'x-amz-sns-message-type': type,
      'x-amz-sns-subscription-arn': arn,
      ...(raw && { 'x-amz-sns-rawdelivery': 'true' }),
    };
    for (let attempt = 0; ; attempt++) {
      const status = await post(url, headers, text);
      if (status !== undefined && status >= 200 && status < 300) return;
      // "Client-side errors" aren't tried again.
      const isFinal = status !== undefined && status >= 400 && status < 500 && status !== 429;
      if (isFinal || attempt >= retries) throw new Error(`${endpoint} answered ${status ?? 'nothing'}.`);
      await sleep(retryMs, undefined, { signal: this.#stopping.signal });
    }
  }
}

export const topicsOf = perWorld((world) => new Topics(world));

/** The status that a server answers with, or nothing if it doesn't in time. */
async function post(url: URL, headers: Record<string, string>, body: string): Promise<number | undefined> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const answer = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal });
    await answer.body?.cancel();
    return answer.status;
  } catch {
    return undefined;
  }
}

/** "Amazon SNS message and JSON formats". There is no signature. */
function envelope(Type: string, TopicArn: string, { Message, Subject, attributes }: Publication) {
  const about = { Type, MessageId: randomUUID(), TopicArn, Subject, Message, Timestamp: new Date().toISOString() };
  return { ...about, ...(attributes && { MessageAttributes: attributes }) };
}
type Envelope = ReturnType<typeof envelope>;

/** "Amazon SNS raw message delivery": a queue gets the attributes as those of its message. */
function queueAttributes({ MessageAttributes = {} }: Envelope): object {
  return Object.fromEntries(
    Object.entries(MessageAttributes).map(([name, { Type: DataType, Value }]) => [
      name,
      { DataType, [DataType.startsWith('Binary') ? 'BinaryValue' : 'StringValue']: Value },
    ]),
  );
}

/** "Invoking Lambda functions with Amazon SNS notifications": functions get some fields with `null`. */
const lambdaForm = (about: Envelope) => ({ MessageAttributes: {}, ...about, Subject: about.Subject ?? null });
