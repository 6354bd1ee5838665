import { App } from 'aws-cdk-lib';
import { readSettings } from '#lib/settings.ts';
import { StormStack } from '#lib/storm-stack.ts';
import cdkJson from '../cdk.json' with { type: 'json' };

// The CDK's command line passes this context, too: by itself this file does the same.
const app = new App({ context: cdkJson.context });
const settings = readSettings((key) => app.node.tryGetContext(key));

new StormStack(app, `storm-${settings.stage}`, settings);
