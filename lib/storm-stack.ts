import { type App, CfnOutput, Stack, Tags } from 'aws-cdk-lib';
import { addAccounts } from './capabilities/accounts.ts';
import { addAlarms } from './capabilities/alarms.ts';
import { addBrake } from './capabilities/brake.ts';
import { addConnections } from './capabilities/connections.ts';
import { addConversations } from './capabilities/conversations.ts';
import { addDashboards } from './capabilities/dashboards.ts';
import { addDelivery } from './capabilities/delivery.ts';
import { addDrills } from './capabilities/drills.ts';
import { addGauges } from './capabilities/gauges.ts';
import { addMails } from './capabilities/mails.ts';
import { addMedia } from './capabilities/media.ts';
import { addMessaging } from './capabilities/messaging.ts';
import { addNotices } from './capabilities/notices.ts';
import { addPage } from './capabilities/page.ts';
import { addPeople } from './capabilities/people.ts';
import { addPresence } from './capabilities/presence.ts';
import { addPrivacy } from './capabilities/privacy.ts';
import { addProbe } from './capabilities/probe.ts';
import { addPush } from './capabilities/push.ts';
import { addQuestions } from './capabilities/questions.ts';
import { addReleases } from './capabilities/releases.ts';
import { addSearch } from './capabilities/search.ts';
import { addSpending } from './capabilities/spending.ts';
import { Backups } from './constructs/backups.ts';
import { ownProviderLogs } from './constructs/provider-logs.ts';
import { WorkQueue } from './constructs/work-queue.ts';
import { createFoundation } from './foundation.ts';
import { beginPage } from './page.ts';
import type { Settings } from './settings.ts';

/** The stack of one stage. It consists of the shared resources and the capabilities that use them. */
export class StormStack extends Stack {
  constructor(app: App, id: string, settings: Settings) {
    const { stage } = settings;
    super(app, id, { description: `STORM, a real-time chat backend (${stage})` });
    Tags.of(this).add('app', 'storm');
    Tags.of(this).add('stage', stage);

    beginPage(this);
    const foundation = createFoundation(this, settings);
    addAccounts(foundation, addMails(foundation));
    addConnections(foundation);
    addGauges(foundation);
    const presenceChanges = addPresence(foundation);
    const { deliveries, pacedChanges } = addDelivery(foundation);
    const indexJobs = addSearch(foundation);
    const push = addPush(foundation);
    addMessaging(foundation, { deliveries, pacedChanges, indexJobs, pushJobs: push.jobs });
    addConversations(foundation, deliveries);
    addMedia(foundation, deliveries);
    addPeople(foundation, push.key, presenceChanges);
    addPrivacy(foundation, deliveries);
    if (settings.backups) new Backups(this, 'Backups', foundation);
    addSpending(foundation);
    addNotices(foundation);
    addProbe(foundation);
    addDashboards(foundation);
    addAlarms(foundation);
    addBrake(foundation);
    addDrills(foundation);
    ownProviderLogs(this, settings);
    addQuestions(foundation);
    addReleases(foundation);
    addPage(foundation);

    const { site } = foundation;
    new CfnOutput(this, 'PageUrl', { value: site.url, description: 'The chat page' });
    new CfnOutput(this, 'HttpUrl', { value: `${site.url}/api`, description: 'Base URL of the HTTP API' });
    new CfnOutput(this, 'WsUrl', { value: site.socketUrl, description: 'URL of the WebSocket API' });
    new CfnOutput(this, 'StageName', { value: stage });
    // What `npm run restore` has to know (bin/restore/restore.ts).
    const recovery = {
      stage,
      generation: settings.generation,
      maintenanceSeconds: String(settings.maintenanceSeconds ?? ''),
      tables: Object.fromEntries(foundation.tables.all.map((table) => [table.node.id, table.tableName])),
      mediaBucket: foundation.mediaBucket.bucket.bucketName,
      journalBucket: foundation.journal.bucket.bucketName,
      queues: this.node.findAll().flatMap((node) => (node instanceof WorkQueue ? node.purgedByRestore : [])),
      socketEndpoint: foundation.socket.endpoint,
    };
    new CfnOutput(this, 'Recovery', { value: this.toJsonString(recovery) });
  }
}
