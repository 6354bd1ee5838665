import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * The name of a resource that is global in an account, as CloudFront's are: with the stack and the region, so that two stages, or one stage
 * in two regions, don't meet. At most 64 characters.
 */
export function globalName(scope: Construct, id: string): string {
  const { region, stackName } = Stack.of(scope);
  return `${stackName}-${region}-${scope.node.id}-${id}`;
}

/** `search-index` as the id of a construct: `SearchIndex`. */
export function pascalCase(name: string): string {
  return name.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** `SearchIndex` as a part of an environment variable's name: `SEARCH_INDEX`. */
export function constantCase(id: string): string {
  return id.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
}
