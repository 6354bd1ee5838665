import { type App, CfnOutput, Duration, Stack, Tags } from 'aws-cdk-lib';
import { Alarms } from './constructs/alarms.ts';
import { AppFunction, type AppFunctionProps, version } from './constructs/app-function.ts';
import { AuthSecret } from './constructs/auth-secret.ts';
import { Deliveries } from './constructs/deliveries.ts';
import { Erasures } from './constructs/erasures.ts';
import { HttpApi } from './constructs/http-api.ts';
import { MediaBucket } from './constructs/media-bucket.ts';
import { MediaSite } from './constructs/media-site.ts';
import { MobilePush } from './constructs/mobile-push.ts';
import { PageFiles } from './constructs/page-files.ts';
import { PresenceChanges } from './constructs/presence-changes.ts';
import { Push } from './constructs/push.ts';
import { SearchIndex } from './constructs/search-index.ts';
import { Site } from './constructs/site.ts';
import { SocketApi } from './constructs/socket-api.ts';
import { Tables } from './constructs/tables.ts';
import type { Settings } from './settings.ts';

/** All of STORM, for one stage. Composition only: what a part is and may do is in `constructs/`. */
export class StormStack extends Stack {
  constructor(app: App, id: string, settings: Settings) {
    const { stage } = settings;
    super(app, id, {
      description: `STORM, a real-time chat backend (${stage})`,
      terminationProtection: settings.deletionProtection,
    });
    Tags.of(this).add('app', 'storm');
    Tags.of(this).add('stage', stage);

    const tables = new Tables(this, 'Tables', settings);
    const alarms = new Alarms(this, 'Alarms', settings);
    const deliveries = new Deliveries(this, 'Deliveries', alarms);
    const auth = new AuthSecret(this, 'Auth', settings);
    const socket = new SocketApi(this, 'Socket', settings);
    const http = new HttpApi(this, 'Http', settings);
    const mediaSite = new MediaSite(this, 'MediaSite', settings);
    const site = new Site(this, 'Site', { http, socket, auth, media: mediaSite });
    const mediaBucket = new MediaBucket(this, 'MediaBucket', { site: mediaSite, origin: site.url, alarms, settings });
    new PageFiles(this, 'PageFiles', {
      bucket: site.bucket,
      config: { httpUrl: `${site.url}/api`, wsUrl: socket.url, version, stage },
      settings,
    });

    const make = (name: string, props: Omit<AppFunctionProps, 'name' | 'settings'>) =>
      new AppFunction(this, pascalCase(name), { name, settings, ...props });

    const authorizer = make('authorizer', { memoryMiB: 512 });
    auth.grantVerify(authorizer, site.url);
    authorizer.addEnvironment('ALLOWED_ORIGINS', site.url);

    const connect = make('connect', { memoryMiB: 512 });
    tables.grantTrackSockets(connect);
    socket.onConnect(connect, authorizer);

    const disconnect = make('disconnect', { memoryMiB: 512 });
    tables.grantTrackSockets(disconnect);
    socket.onDisconnect(disconnect);

    // 29 seconds is the gateway's own limit ("Quotas for configuring and running a WebSocket API in API Gateway").
    const message = make('message', { memoryMiB: 1_024, timeout: Duration.seconds(29) });
    const commands = make('commands', { memoryMiB: 512 });
    tables.grantSend(message);
    tables.grantReceipts(commands);
    tables.grantRevise(commands);
    tables.grantSubscribePresence(commands);
    socket.onFrame('message', message);
    socket.onFrame('$default', commands);

    // Adding 1 000 members is 4 000 write units on the partition of one conversation, which takes 1 000 a second.
    const conversations = make('conversations', { memoryMiB: 1_024, timeout: Duration.seconds(29) });
    auth.grantVerify(conversations, site.url);
    tables.grantConversations(conversations);
    http.route(
      conversations,
      'GET /conversations',
      'POST /conversations',
      'GET /conversations/{id}',
      'PATCH /conversations/{id}',
      'GET /conversations/{id}/members',
      'POST /conversations/{id}/members',
      'PATCH /conversations/{id}/members/{userId}',
      'DELETE /conversations/{id}/members/{userId}',
      'GET /conversations/{id}/messages',
      'GET /conversations/{id}/messages/{seq}/versions',
      'GET /conversations/{id}/receipts',
      'POST /sync',
    );

    // Reading the rows of thousands of members and posting to hundreds of them wants a whole core.
    const fanout = make('fanout', { memoryMiB: 1_769, timeout: Duration.seconds(29) });
    tables.feedFanout(fanout, alarms);

    const presenceStream = make('presence-stream', { memoryMiB: 512 });
    const presenceChanges = new PresenceChanges(this, 'PresenceChanges', alarms);
    tables.feedPresence(presenceStream, alarms);
    presenceChanges.grantAdd(presenceStream);

    const presenceFanout = make('presence-fanout', { memoryMiB: 512, timeout: Duration.seconds(29) });
    tables.grantTellPresence(presenceFanout);
    socket.grantPost(presenceFanout);
    presenceChanges.feed(presenceFanout);

    const messageStream = make('message-stream', { memoryMiB: 512, timeout: Duration.seconds(29) });
    tables.feedMessageStream(messageStream, alarms);

    const poster = make('poster', { memoryMiB: 512 });
    tables.grantTrackSockets(poster);
    deliveries.feed(poster);

    const media = make('media', { memoryMiB: 512 });
    auth.grantVerify(media, site.url);
    tables.grantMedia(media);
    mediaSite.grantSign(media);
    mediaBucket.grantUpload(media);
    http.route(media, 'POST /media/upload', 'GET /media/{id}');

    // The largest images take some seconds of a whole core, and a gigabyte.
    const inspect = make('inspect', { memoryMiB: 2_048, timeout: Duration.minutes(1), isNative: true });
    tables.grantInspect(inspect);
    mediaBucket.grantInspect(inspect);
    mediaBucket.feed(inspect);

    const sweep = make('sweep', { memoryMiB: 512, timeout: Duration.seconds(29) });
    mediaBucket.grantSweep(sweep);
    tables.feedSweep(sweep, alarms);

    for (const fn of [message, commands, conversations, fanout, messageStream, poster, inspect]) {
      socket.grantPost(fn);
      deliveries.grantAdd(fn);
    }

    const searchIndex = new SearchIndex(this, 'SearchIndexJobs', alarms);
    searchIndex.grantAdd(messageStream);
    const push = new Push(this, 'Notifications', { alarms, settings });
    push.grantAdd(messageStream);
    const pusher = make('push', { memoryMiB: 512, timeout: Duration.seconds(29) });
    tables.grantPush(pusher);
    push.feed(pusher, site.url);
    const mobile = new MobilePush(settings);
    mobile.grantPublish(pusher);

    const searchIndexer = make('search-index', { memoryMiB: 512 });
    tables.grantIndex(searchIndexer);
    searchIndex.feed(searchIndexer);

    // Unpacking and comparing texts takes CPU: a whole core.
    const search = make('search', { memoryMiB: 1_769 });
    auth.grantVerify(search, site.url);
    tables.grantSearch(search);
    tables.grantRateLimits(search);
    http.route(search, 'GET /search');

    const erasures = new Erasures(this, 'Erasures', alarms);
    const privacy = make('privacy', { memoryMiB: 512 });
    auth.grantVerify(privacy, site.url);
    tables.grantPrivacy(privacy);
    http.route(privacy, 'DELETE /users/me', 'GET /users/me/export');
    const erase = make('erase', { memoryMiB: 512, timeout: Duration.seconds(29) });
    tables.grantErase(erase);
    deliveries.grantAdd(erase);
    erasures.feed(erase);
    for (const fn of [privacy, erase]) {
      socket.grantClose(fn);
      erasures.grantAdd(fn);
      mobile.grantForget(fn);
    }

    for (const fn of [message, commands, conversations, search, privacy])
      fn.addEnvironment('RATES', JSON.stringify(settings.rates));

    const token = make('token', { memoryMiB: 512 });
    auth.grantVerify(token, site.url);
    http.route(token, 'POST /auth/validate', 'GET /.well-known/jwks.json', 'GET /health');
    http.fallback(token);

    // argon2id wants a whole core.
    const accounts = make('accounts', { memoryMiB: 1_769, reservedConcurrency: settings.accountsConcurrency });
    auth.grantIssue(accounts, site.url);
    tables.grantAccounts(accounts);
    socket.grantClose(accounts);
    accounts.addEnvironment('ALLOWED_ORIGINS', site.url);
    http.route(accounts, 'POST /auth/register', 'POST /auth/login', 'POST /auth/refresh', 'POST /auth/logout');

    const users = make('users', { memoryMiB: 512 });
    auth.grantVerify(users, site.url);
    tables.grantProfiles(users);
    tables.grantSettings(users);
    tables.grantBlocks(users);
    tables.grantPresence(users);
    tables.grantSubscribe(users);
    push.grantKey(users);
    mobile.grantRegister(users);
    http.route(
      users,
      'GET /users/me',
      'GET /users/{id}',
      'PUT /users/{id}',
      'GET /users',
      'GET /users/{id}/presence',
      'GET /users/me/settings',
      'PATCH /users/me/settings',
      'GET /users/me/blocks',
      'PUT /users/me/blocks/{id}',
      'DELETE /users/me/blocks/{id}',
      'GET /push/key',
      'POST /push/subscriptions',
      'DELETE /push/subscriptions/{id}',
    );

    for (const fn of [message, commands, conversations, fanout, messageStream, accounts, users, privacy, erase])
      mediaSite.grantName(fn);

    new CfnOutput(this, 'PageUrl', { value: site.url, description: 'The chat page' });
    new CfnOutput(this, 'HttpUrl', { value: `${site.url}/api`, description: 'Base URL of the HTTP API' });
    new CfnOutput(this, 'WsUrl', { value: socket.url, description: 'URL of the WebSocket API' });
    new CfnOutput(this, 'StageName', { value: stage });
  }
}

function pascalCase(name: string): string {
  return name.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
}
