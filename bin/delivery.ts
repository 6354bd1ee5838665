import { App } from 'aws-cdk-lib';
import { DeliveryStack, readDelivery } from '#lib/delivery-stack.ts';
import cdkJson from '../cdk.json' with { type: 'json' };

/** The roles for GitHub Actions: `npx cdk deploy --app 'node bin/delivery.ts' -c repository=owner/name` (docs/delivery.md). */
const app = new App({ context: cdkJson.context });
new DeliveryStack(
  app,
  'storm-delivery',
  readDelivery((key) => app.node.tryGetContext(key)),
);
