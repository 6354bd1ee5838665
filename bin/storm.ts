import { App } from 'aws-cdk-lib';
import { readSettings } from '../lib/settings.ts';
import { StormStack } from '../lib/storm-stack.ts';

const app = new App();
const settings = readSettings((key) => app.node.tryGetContext(key));

new StormStack(app, `storm-${settings.stage}`, settings);
