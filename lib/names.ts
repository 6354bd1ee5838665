import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * The name of a resource that must be unique in the account, such as those of CloudFront. It has the names of the stack and the
 * region, so that several stages, and one stage in several regions, don't conflict. AWS allows 64 characters.
 */
export function globalName(scope: Construct, id: string): string {
  const { region, stackName } = Stack.of(scope);
  return `${stackName}-${region}-${scope.node.id}-${id}`;
}

/** Converts a folder's name to the id of a construct: `search-index` to `SearchIndex`. */
export function pascalCase(name: string): string {
  return name.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** Converts an id to a part of an environment variable's name: `SearchIndex` to `SEARCH_INDEX`. */
export function constantCase(id: string): string {
  return id.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
}
