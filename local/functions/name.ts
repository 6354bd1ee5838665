import { StackError, type World } from '../types.ts';

/** Returns the name of a function from its name or ARN, with or without a version or alias. */
export function functionName(nameOrArn: string): string {
  return /:function:([^:]+)/.exec(nameOrArn)?.[1] ?? nameOrArn.split(':')[0] ?? '';
}

/**
 * Returns the ARN of the function in the URI of an integration or authorizer (`arn:…:lambda:path/2015-03-31/functions/ARN/invocations`),
 * which may also be the ARN alone. @throws StackError
 */
export function functionInUri(uri: string): string {
  const [arn] = /arn:[^/]+:lambda:[^/]+:function:[^/$]+(?=$|\/)/.exec(uri) ?? [];
  if (arn === undefined) throw new StackError(`the URI ${uri} is that of no function here.`);
  return arn;
}

/** Returns the ARN of a function from its name or ARN. */
export function functionArn(nameOrArn: string, { region, account }: Pick<World, 'region' | 'account'>): string {
  return nameOrArn.startsWith('arn:') ? nameOrArn : `arn:aws:lambda:${region}:${account}:function:${nameOrArn}`;
}
