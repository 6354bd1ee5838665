import { App } from 'aws-cdk-lib';
import { readSettings } from '#lib/settings.ts';
import { StormStack } from '#lib/storm-stack.ts';
import cdkJson from '../cdk.json' with { type: 'json' };

// The command line of CDK also passes this context. With it here, `node bin/storm.ts` does the same as `cdk synth`.
const app = new App({ context: cdkJson.context });
const settings = readSettings((key) => app.node.tryGetContext(key));

new StormStack(app, `storm-${settings.stage}`, settings);
