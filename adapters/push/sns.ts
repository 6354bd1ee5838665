import {
  CreatePlatformEndpointCommand,
  DeleteEndpointCommand,
  PublishCommand,
  SetEndpointAttributesCommand,
  SNSClient,
  SNSServiceException,
} from '@aws-sdk/client-sns';
import type { MobileAddress, MobileSubscription, Notified, Notifier } from '#core/push/ports.ts';
import type { MobileSubscribe } from '#protocol/push.ts';
import { messageFor } from './sns-message.ts';

/** The ARN of SNS's platform application for each platform that is set up. */
export type Applications = Readonly<Partial<Record<MobileSubscribe['platform'], string | undefined>>>;

export interface Mobile {
  /** Has SNS know a token, and post to it again if it was given up. SNS may find that it is none. Throws when SNS fails otherwise. */
  register(subscribe: MobileSubscribe): Promise<MobileAddress | 'not set up' | 'no token'>;
  readonly notify: Notifier<MobileSubscription>;
  /** Has SNS forget a token, unless it has, or its platform is set up no more. */
  forget(address: MobileAddress): Promise<void>;
}

const timeoutMs = 5_000;

/** Pushes to apps by FCM and APNs, through SNS. */
export function createMobile(applications: Applications): Mobile {
  const client = new SNSClient({});
  const options = () => ({ abortSignal: AbortSignal.timeout(timeoutMs) });

  async function endpointOf(PlatformApplicationArn: string, Token: string): Promise<string | undefined> {
    try {
      const request = new CreatePlatformEndpointCommand({ PlatformApplicationArn, Token });
      return (await client.send(request, options())).EndpointArn;
    } catch (error) {
      if (nameOf(error) !== 'InvalidParameterException') throw withoutToken(error);
      // "Creating an Amazon SNS platform endpoint": only the message says which one there is.
      return /Endpoint (arn:\S+) already exists/.exec(error instanceof Error ? error.message : '')?.[1];
    }
  }

  async function forget({ platform, endpointArn: EndpointArn }: MobileAddress): Promise<void> {
    if (applications[platform] === undefined) return;
    await client.send(new DeleteEndpointCommand({ EndpointArn }), options());
  }

  return {
    forget,

    async register({ platform, token }) {
      const application = applications[platform];
      if (application === undefined) return 'not set up';
      const endpointArn = await endpointOf(application, token);
      if (endpointArn === undefined) return 'no token';
      const Attributes = { Enabled: 'true', Token: token };
      try {
        await client.send(new SetEndpointAttributesCommand({ EndpointArn: endpointArn, Attributes }), options());
      } catch (error) {
        throw withoutToken(error);
      }
      return { platform, endpointArn };
    },

    async notify(subscription, notification): Promise<Notified> {
      const { platform, endpointArn: TargetArn } = subscription;
      if (applications[platform] === undefined) return 'gone';
      try {
        await client.send(new PublishCommand({ TargetArn, ...messageFor(subscription, notification) }), options());
        return 'sent';
      } catch (error) {
        if (!isGone(error)) return { failed: `SNS: ${nameOf(error)}` };
        // What stays of it harms nobody.
        await forget(subscription).catch(() => {});
        return 'gone';
      }
    },
  };
}

/** The platform has no such device any more, or SNS has no such endpoint: it says so in two ways. */
function isGone(error: unknown): boolean {
  const name = nameOf(error);
  if (name === 'EndpointDisabledException' || name === 'NotFoundException') return true;
  return name === 'InvalidParameterException' && error instanceof Error && /No endpoint found/.test(error.message);
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'Error';
}

/** SNS's messages may repeat the token, and errors are logged. */
function withoutToken(error: unknown): Error {
  const status = error instanceof SNSServiceException ? ` (${error.$metadata.httpStatusCode})` : '';
  return new Error(`SNS: ${nameOf(error)}${status}`);
}
