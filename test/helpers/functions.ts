import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2,
  APIGatewayRequestAuthorizerEvent,
  Context,
  DynamoDBStreamEvent,
  SQSEvent,
} from 'aws-lambda';
import type { Account } from '#core/accounts/ports.ts';
import { startSession } from '#core/accounts/session.ts';
import type { SocketEvent } from '#lambdas/kit/socket.ts';
import type { Session } from '#protocol/accounts.ts';
import { limits } from '#protocol/limits.ts';

/** The password of all users that `register` creates. */
export const password = 'a long enough secret';

/** Loads the handlers. They read their environment when they are loaded. */
export async function loadFunctions() {
  const { handler: accounts } = await import('#lambdas/accounts/handler.ts');
  const { world } = await import('#lambdas/accounts/dependencies.ts');
  const { handler: security } = await import('#lambdas/security/handler.ts');
  const { handler: mail } = await import('#lambdas/mail/handler.ts');
  const { handler: users } = await import('#lambdas/users/handler.ts');
  const { handler: token } = await import('#lambdas/token/handler.ts');
  const { handler: authorizer } = await import('#lambdas/authorizer/handler.ts');
  const { handler: connect } = await import('#lambdas/connect/handler.ts');
  const { handler: disconnect } = await import('#lambdas/disconnect/handler.ts');
  const { handler: message } = await import('#lambdas/message/handler.ts');
  const { handler: commands } = await import('#lambdas/commands/handler.ts');
  const { handler: receipts } = await import('#lambdas/receipts/handler.ts');
  const { handler: conversations } = await import('#lambdas/conversations/handler.ts');
  const { handler: media } = await import('#lambdas/media/handler.ts');
  const { handler: search } = await import('#lambdas/search/handler.ts');
  const { handler: searchIndex } = await import('#lambdas/search-index/handler.ts');
  const { handler: poster } = await import('#lambdas/poster/handler.ts');
  const { handler: fanout } = await import('#lambdas/fanout/handler.ts');
  const { handler: pacedFanout } = await import('#lambdas/paced-fanout/handler.ts');
  const { handler: messageStream } = await import('#lambdas/message-stream/handler.ts');
  const { handler: push } = await import('#lambdas/push/handler.ts');
  const { handler: presenceStream } = await import('#lambdas/presence-stream/handler.ts');
  const { handler: presenceFanout } = await import('#lambdas/presence-fanout/handler.ts');
  const { handler: privacy } = await import('#lambdas/privacy/handler.ts');
  const { handler: erase } = await import('#lambdas/erase/handler.ts');
  const passwordHash = await world.passwords.hash(password);
  const context = { awsRequestId: 'test', getRemainingTimeInMillis: () => 29_000 } as Context;
  return {
    /** Does the same as POST /auth/register, but hashes the common password only once, since hashing is most of the work. */
    async register(username: string): Promise<Session> {
      const account: Account = {
        id: world.newId(),
        username,
        email: `${username}@example.com`,
        displayName: username,
        bio: '',
        passwordHash,
        createdAt: new Date(world.now()).toISOString(),
      };
      if ((await world.createAccount(account)) !== 'created') throw new Error(`${username} is there already`);
      return (await startSession(world, account, 'a test')).session;
    },
    /** Does the same as POST /auth/confirm, without hashing. */
    confirm: (userId: string, familyId: string) =>
      world.families.confirm(userId, familyId, Date.now() + limits.confirmationSeconds * 1000),
    connect: (event: unknown) => connect(event as SocketEvent, context),
    disconnect: (event: unknown) => disconnect(event as SocketEvent, context),
    message: (event: unknown) => message(event as SocketEvent, context),
    commands: (event: unknown) => commands(event as SocketEvent, context),
    receipts: (event: unknown) => receipts(event as SocketEvent, context),
    searchIndex: (event: unknown) => searchIndex(event as SQSEvent, context),
    poster: (event: unknown) => poster(event as SQSEvent, context),
    fanout: (event: unknown) => fanout(event as DynamoDBStreamEvent, context),
    pacedFanout: (event: unknown) => pacedFanout(event as SQSEvent, context),
    messageStream: (event: unknown) => messageStream(event as DynamoDBStreamEvent, context),
    push: (event: unknown) => push(event as SQSEvent, context),
    presenceStream: (event: unknown) => presenceStream(event as DynamoDBStreamEvent, context),
    presenceFanout: (event: unknown) => presenceFanout(event as SQSEvent, context),
    mail: (event: unknown) => mail(event as SQSEvent, context),
    erase: (event: unknown) => erase(event as SQSEvent, context),
    authorizer: (event: unknown) => authorizer(event as APIGatewayRequestAuthorizerEvent, context),
    http(routeKey: string, event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
      if (/\/auth\/(register|login|confirm|password.*|email\/verify)$/.test(routeKey)) return accounts(event, context);
      if (/ \/auth\/(?!register|login|confirm|password|email\/verify$)|\/activity$|\/me\/email$/.test(routeKey))
        return security(event, context);
      if (/^DELETE \/users\/me$|\/export$/.test(routeKey)) return privacy(event, context);
      if (/ \/(conversations|invitations|sync)/.test(routeKey)) return conversations(event, context);
      if (routeKey === 'GET /search') return search(event, context);
      if (/ \/media/.test(routeKey)) return media(event, context);
      return / \/(users|push)/.test(routeKey) ? users(event, context) : token(event, context);
    },
  };
}
