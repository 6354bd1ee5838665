import type { ScheduledEvent } from 'aws-lambda';
import { createClient } from '#adapters/dynamo/client.ts';
import { createProbeRows } from '#adapters/dynamo/probe.ts';
import { signAccessToken } from '#adapters/tokens/sign.ts';
import { authSecret } from '#lambdas/kit/auth-secret.ts';
import { setting } from '#lambdas/kit/environment.ts';
import { invocation } from '#lambdas/kit/invocation.ts';
import { logger } from '#lambdas/kit/log.ts';
import { limits } from '#protocol/limits.ts';
import { type Client, ownGroup, talk } from './talk.ts';

const userId = setting('PROBE_USER_ID');
const familyId = setting('PROBE_FAMILY_ID');
const rows = createProbeRows(createClient(), {
  users: setting('USERS_TABLE'),
  connections: setting('CONNECTIONS_TABLE'),
  messages: setting('MESSAGES_TABLE'),
});

/** How long one try may take. Two of them fit into the function's time. */
const tryMs = 12_000;

/** What an environment keeps between the minutes. */
interface Kept {
  readonly client: Client;
  readonly conversationId: string;
  /** In ms since 1970. A minute before the access token expires. */
  readonly until: number;
}
let kept: Kept | undefined;

async function logIn(now: number, signal: AbortSignal): Promise<Kept> {
  await rows.logIn({ userId, familyId }, now);
  const { keys } = await authSecret();
  const token = await signAccessToken(keys.current, setting('TOKEN_ISSUER'), { userId, familyId }, now);
  const client = { httpUrl: setting('HTTP_URL'), socketUrl: setting('SOCKET_URL'), token };
  const conversationId = kept?.conversationId ?? (await ownGroup(client, signal));
  return { client, conversationId, until: now + (limits.accessTokenSeconds - 60) * 1000 };
}

async function talkOnce(): Promise<void> {
  const [now, signal] = [Date.now(), AbortSignal.timeout(tryMs)];
  if (!kept || kept.until <= now) kept = await logIn(now, signal);
  const { client, conversationId } = kept;
  const seq = await talk(client, conversationId, signal);
  await rows.lapse(conversationId, seq, now);
}

/**
 * Uses the service once a minute as a client does, from outside. If that fails so does the function, and the alarm `ServiceDown` counts
 * its errors. What was kept from the minutes before may be what is wrong (the login was ended, the tables are older ones), so it tries
 * once more without that.
 */
export const handler = invocation<ScheduledEvent, void>(({ id }) => id).handler(async () => {
  const isFirst = kept === undefined;
  try {
    await talkOnce();
  } catch (error) {
    kept = undefined;
    if (isFirst) throw error;
    logger.warn('The probe tries again with a new login', { error });
    await talkOnce();
  }
});
