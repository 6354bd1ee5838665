import { Annotations, App } from 'aws-cdk-lib';
import { restoredStages } from '#bin/restore/file.ts';
import { readSettings } from '#lib/settings.ts';
import { StormStack } from '#lib/storm-stack.ts';
import cdkJson from '../cdk.json' with { type: 'json' };

// The command line of CDK also passes this context. With it here, `node bin/storm.ts` does the same as `cdk synth`.
const app = new App({ context: cdkJson.context });
// The command line of CDK sets the region, if there are credentials or a configuration.
const settings = readSettings(
  (key) => app.node.tryGetContext(key),
  process.env['CDK_DEFAULT_REGION'] || undefined,
  restoredStages(),
);

const stack = new StormStack(app, `storm-${settings.stage}`, settings);

const onlyOnAws = ['domainName', 'firewall', 'webAclArn', 'drills'].filter(
  (key) => app.node.tryGetContext(key) !== undefined,
);
if (settings.packages === 'machine' && onlyOnAws.length > 0)
  Annotations.of(stack).addWarningV2('storm:only-on-aws', `The local stack ignores ${onlyOnAws.join(' and ')}.`);
