import * as http from 'node:http';
import * as https from 'node:https';
import webPush from 'web-push';
import type { Notified, Notifier, WebSubscription } from '#core/push/ports.ts';
import { type AllowedEndpoints, createPublicLookup, isAllowedEndpoint } from './address.ts';
import { createHostLimits } from './host-limits.ts';
import { topicOf, ttlSeconds } from './topic.ts';
import type { VapidKeys } from './vapid.ts';

export interface WebPushOptions extends AllowedEndpoints {
  readonly keys: () => Promise<VapidKeys>;
  /** The contact for push services, as an https or mailto URL. */
  readonly subject: string;
}

const publicLookup = createPublicLookup();
/** A push service answers within 0.2 s. Who waits longer lets one slow service hold up what is for the others. */
const timeoutMs = 2_000;
/** Statuses after which the same request would be refused again: it is malformed, not allowed, or too large (RFC 8030, RFC 9110). */
const permanent: ReadonlySet<number> = new Set([400, 403, 413]);

/**
 * Sends notifications by the Web Push protocol (RFC 8030), encrypted for the browser (RFC 8291). A subscription whose endpoint
 * isn't allowed is `gone`.
 */
export function createWebPush({ keys, subject, ...allowed }: WebPushOptions): Notifier<WebSubscription> {
  const hosts = createHostLimits();
  return async (subscription, notification) => {
    if (!isAllowedEndpoint(subscription.endpoint, allowed)) return 'gone';
    const url = new URL(subscription.endpoint);
    if (notification.takenBack && punishesSilence(url)) return 'withheld';
    const { headers, body } = webPush.generateRequestDetails(subscription, JSON.stringify(notification), {
      vapidDetails: { subject, ...(await keys()) },
      TTL: ttlSeconds,
      urgency: notification.takenBack ? 'normal' : 'high',
      topic: topicOf(subscription, notification.conversationId),
    });
    return hosts.run(url.host, () => post(url, headers, body, allowed.toThisMachine));
  };
}

/**
 * Whether a browser ends a subscription if pushes show nothing. Safari does after three ("Meet Web Push for Safari", WWDC 2022).
 * Others allow a number of them.
 */
export function punishesSilence({ hostname }: URL): boolean {
  return hostname === 'push.apple.com' || hostname.endsWith('.push.apple.com');
}

/** Posts a notification, with a timeout of 2 seconds, after which it throws a `TimeoutError`. It doesn't follow redirects, because their targets would not be checked. */
function post(
  url: URL,
  headers: http.OutgoingHttpHeaders,
  body: Buffer | null,
  toThisMachine: boolean,
): Promise<Notified> {
  const signal = AbortSignal.timeout(timeoutMs);
  const { request } = url.protocol === 'http:' ? http : https;
  const options = toThisMachine ? {} : { lookup: publicLookup };
  return new Promise((resolve, reject) => {
    request(url, { method: 'POST', headers, signal, ...options }, (response) => {
      resolve(notified(response));
      response.destroy();
    })
      .on('error', (error) => reject(signal.aborted ? signal.reason : error))
      .end(body);
  });
}

function notified({ statusCode = 0, headers }: http.IncomingMessage): Notified {
  if (statusCode >= 200 && statusCode < 300) return 'sent';
  // The subscription has ended (RFC 8030, section 7.3).
  if (statusCode === 404 || statusCode === 410) return 'gone';
  const failed = `The push service answered ${statusCode}`;
  return permanent.has(statusCode)
    ? { failed, final: true }
    : { failed, retryAfterMs: retryAfterMs(headers['retry-after']) };
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
