import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as z from 'zod/mini';
import { readSettings, type Settings } from '../../lib/settings.ts';
import { StormStack } from '../../lib/storm-stack.ts';

const Resource = z.object({
  Type: z.string(),
  Properties: z._default(z.record(z.string(), z.any()), {}),
  DeletionPolicy: z.optional(z.string()),
});
const Synthesized = z.object({ Resources: z.record(z.string(), Resource), Outputs: z.record(z.string(), z.unknown()) });

export type Resource = z.infer<typeof Resource>;

/** The stack of a stage as a construct tree; nothing is bundled, so that it takes a second and not ten. */
export function stackOf(stage: Settings['stage'], context: Readonly<Record<string, unknown>> = {}): StormStack {
  const { context: flags } = z
    .object({ context: z.record(z.string(), z.unknown()) })
    .parse(JSON.parse(readFileSync('cdk.json', 'utf8')));
  const app = new App({ context: { ...flags, ...context, stage, 'aws:cdk:bundling-stacks': [] } });
  return new StormStack(
    app,
    `storm-${stage}`,
    readSettings((key) => app.node.tryGetContext(key)),
  );
}

/** The template of a stack, with its resources by type. */
export function templateOf(stack: StormStack) {
  const template = Template.fromStack(stack);
  const { Resources, Outputs } = Synthesized.parse(template.toJSON());
  const ofType = (type: string) =>
    Object.entries(Resources)
      .filter(([, resource]) => resource.Type === type)
      .map(([id, resource]) => ({ id, ...resource }));
  return { template, resources: Resources, outputs: Outputs, ofType };
}
