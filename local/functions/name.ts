/** Returns the name of a function from its name or ARN, with or without a version or alias. */
export function functionName(nameOrArn: string): string {
  return /:function:([^:]+)/.exec(nameOrArn)?.[1] ?? nameOrArn.split(':')[0] ?? '';
}
