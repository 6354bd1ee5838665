import type { World } from '../types.ts';

/** Returns the name of a function from its name or ARN, with or without a version or alias. */
export function functionName(nameOrArn: string): string {
  return /:function:([^:]+)/.exec(nameOrArn)?.[1] ?? nameOrArn.split(':')[0] ?? '';
}

/** Returns the ARN of a function from its name or ARN. */
export function functionArn(nameOrArn: string, { region, account }: Pick<World, 'region' | 'account'>): string {
  return nameOrArn.startsWith('arn:') ? nameOrArn : `arn:aws:lambda:${region}:${account}:function:${nameOrArn}`;
}
