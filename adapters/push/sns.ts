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

/** The ARNs of the platform applications of SNS, for those platforms that the deployment supports. */
export type Applications = Readonly<Partial<Record<MobileSubscribe['platform'], string | undefined>>>;

export interface Mobile {
  /**
   * Creates the SNS endpoint of a device token, or enables it again. It is `not set up` if the deployment doesn't support the
   * platform, and `no token` if SNS finds that the token is invalid. Throws if SNS fails otherwise.
   */
  register(subscribe: MobileSubscribe): Promise<MobileAddress | 'not set up' | 'no token'>;
  readonly notify: Notifier<MobileSubscription>;
  /** Deletes the SNS endpoint of a device token, if it exists and the deployment still supports the platform. */
  forget(address: MobileAddress): Promise<void>;
}

const timeoutMs = 5_000;

/** Notifies apps by FCM and APNs through SNS. Each call of SNS ends after 5 seconds. */
export function createMobile(applications: Applications): Mobile {
  const client = new SNSClient({});
  const options = () => ({ abortSignal: AbortSignal.timeout(timeoutMs) });

  async function endpointOf(PlatformApplicationArn: string, Token: string): Promise<string | undefined> {
    try {
      const request = new CreatePlatformEndpointCommand({ PlatformApplicationArn, Token });
      return (await client.send(request, options())).EndpointArn;
    } catch (error) {
      if (nameOf(error) !== 'InvalidParameterException') throw withoutToken(error);
      // If the token has an endpoint already, its ARN is only in the message ("Creating an Amazon SNS platform endpoint").
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
        // An endpoint that remains does no harm, so a failure to delete it doesn't matter.
        await forget(subscription).catch(() => {});
        return 'gone';
      }
    },
  };
}

/** Whether the error means that the platform doesn't know the device any more, or that SNS doesn't know the endpoint. */
function isGone(error: unknown): boolean {
  const name = nameOf(error);
  if (name === 'EndpointDisabledException' || name === 'NotFoundException') return true;
  return name === 'InvalidParameterException' && error instanceof Error && /No endpoint found/.test(error.message);
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'Error';
}

/** An error that can be logged. The message of the original one may contain the token. */
function withoutToken(error: unknown): Error {
  const status = error instanceof SNSServiceException ? ` (${error.$metadata.httpStatusCode})` : '';
  return new Error(`SNS: ${nameOf(error)}${status}`);
}
