import { mkdtempSync } from 'node:fs';
import * as path from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { expect, inject } from 'vitest';
import { buildHandlers } from '#lib/handlers.ts';
import { readSettings } from '#lib/settings.ts';
import { StormStack } from '#lib/storm-stack.ts';
import cdkJson from '../../cdk.json' with { type: 'json' };

type Context = Readonly<Record<string, unknown>>;

/**
 * An app whose files are deleted after the test run. CDK's own folder for them would stay, and has 20 MB. `validated` holds its
 * templates to CloudFormation's schemas when they are made, which takes longer than all else: nag.slow.test.ts does that.
 */
export function newApp(context: Context = {}, validated = false): App {
  const outdir = mkdtempSync(path.join(inject('appsFolder'), 'cdk.out'));
  return new App({ context, outdir, builtinCloudFormationValidation: validated });
}

/** The construct tree of a stage's stack. Nothing is bundled, so that it takes one second instead of ten. */
export function stackOf(stage: string, context: Context = {}, restored: unknown = {}, validated = false): StormStack {
  const app = newApp({ ...cdkJson.context, ...context, stage, 'aws:cdk:bundling-stacks': [] }, validated);
  const settings = readSettings((key) => app.node.tryGetContext(key), undefined, restored);
  return new StormStack(app, `storm-${stage}`, settings);
}

/** The template of a stack, and its resources by type or by id. */
export function templateOf(stack: StormStack) {
  const json = Template.fromStack(stack).toJSON();
  const all = Object.entries<Record<string, unknown>>(json['Resources']).map(([id]) => {
    const { Type: type, Properties: properties = {}, ...rest } = json['Resources'][id];
    return { id, type, properties, deletionPolicy: rest.DeletionPolicy, dependsOn: rest.DependsOn };
  });
  const ofType = (type: string) => all.filter((resource) => resource.type === type);
  return {
    json,
    all,
    ofType,
    /** The function that a property names, by its alias or itself: the target of an integration, a mapping, a permission. */
    functionOf(target: unknown) {
      const names = (id: string) => JSON.stringify(target)?.includes(`"${id}"`);
      const alias = ofType('AWS::Lambda::Alias').find(({ id }) => names(id));
      return ofType('AWS::Lambda::Function').find(({ id }) =>
        alias ? alias.properties.FunctionName.Ref === id : names(id),
      );
    },
    withId: (id: string) => all.find((resource) => resource.id === id) ?? expect.unreachable(`no resource ${id}`),
  };
}

const templates = new Map<string, ReturnType<typeof templateOf>>();

/** The template of a stage, made once for all tests that ask for the same one: to be read only. */
export function stageTemplate(
  stage: string,
  context: Context = {},
  restored: unknown = {},
): ReturnType<typeof templateOf> {
  const key = JSON.stringify([stage, context, restored]);
  const template = templates.get(key) ?? templateOf(stackOf(stage, context, restored));
  templates.set(key, template);
  return template;
}

let bundles: ReturnType<typeof buildHandlers> | undefined;

/** The bundles of all functions, made once for all tests. */
export function handlers(): ReturnType<typeof buildHandlers> {
  bundles ??= buildHandlers();
  return bundles;
}
