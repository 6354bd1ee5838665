import * as http from 'node:http';
import * as https from 'node:https';
import webPush from 'web-push';
import type { Notified, Notifier, WebSubscription } from '#core/push/ports.ts';
import { isAllowedEndpoint, publicLookup } from './address.ts';
import { topicOf, ttlSeconds } from './topic.ts';
import type { VapidKeys } from './vapid.ts';

export interface WebPushOptions {
  readonly keys: () => Promise<VapidKeys>;
  /** The contact for push services, as an https or mailto URL. */
  readonly subject: string;
  /** Whether endpoints on this machine are allowed, also with http. */
  readonly toThisMachine: boolean;
}

const timeoutMs = 5_000;

/**
 * Sends notifications by the Web Push protocol (RFC 8030), encrypted for the browser (RFC 8291). A subscription whose endpoint
 * isn't allowed is `gone`.
 */
export function createWebPush({ keys, subject, toThisMachine }: WebPushOptions): Notifier<WebSubscription> {
  return async (subscription, notification) => {
    if (!isAllowedEndpoint(subscription.endpoint, toThisMachine)) return 'gone';
    const { headers, body } = webPush.generateRequestDetails(subscription, JSON.stringify(notification), {
      vapidDetails: { subject, ...(await keys()) },
      TTL: ttlSeconds,
      urgency: 'high',
      topic: topicOf(subscription, notification.conversationId),
    });
    try {
      return await post(new URL(subscription.endpoint), headers, body, toThisMachine);
    } catch (error) {
      return { failed: error instanceof Error ? error.message : 'The push service could not be reached' };
    }
  };
}

/** Posts a notification, with a timeout of 5 seconds. It doesn't follow redirects, because their targets would not be checked. */
function post(
  url: URL,
  headers: http.OutgoingHttpHeaders,
  body: Buffer | null,
  toThisMachine: boolean,
): Promise<Notified> {
  const signal = AbortSignal.timeout(timeoutMs);
  const { request } = url.protocol === 'http:' ? http : https;
  const lookup = toThisMachine ? {} : { lookup: publicLookup };
  return new Promise((resolve, reject) => {
    request(url, { method: 'POST', headers, signal, ...lookup }, (response) => {
      resolve(notified(response));
      response.destroy();
    })
      .on('error', reject)
      .end(body);
  });
}

function notified({ statusCode = 0, headers }: http.IncomingMessage): Notified {
  if (statusCode >= 200 && statusCode < 300) return 'sent';
  // The subscription has ended (RFC 8030, section 7.3).
  if (statusCode === 404 || statusCode === 410) return 'gone';
  return { failed: `The push service answered ${statusCode}`, retryAfterMs: retryAfterMs(headers['retry-after']) };
}

/**
 * The ms to wait by a `Retry-After` header, which has seconds or a date (RFC 9110). Undefined if there is none, or if it is
 * malformed.
 */
function retryAfterMs(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
