import * as z from 'zod/mini';
import { ServiceError } from '../error.ts';
import { type Operations, operation } from '../json-api.ts';
import { type ParameterStore, ParameterType, sealed } from './store.ts';

const decrypted = { WithDecryption: z._default(z.boolean(), false) };
const MaxResults = z._default(z.number().check(z.gte(1), z.lte(50)), 10);
const page = { MaxResults, NextToken: z._default(z.string().check(z.regex(/^\d+$/)), '0') };
const noFilters = z.optional(z.array(z.unknown()).check(z.maxLength(0, "isn't supported by the local stack")));
const Name = z.string();
const Names = z.array(z.string());
const put = z.object({
  Name,
  Value: z.string(),
  Type: z.optional(ParameterType),
  Description: z.optional(z.string()),
  Overwrite: z._default(z.boolean(), false),
  AllowedPattern: z.optional(z.string()),
  Tier: z._default(z.enum(['Standard', 'Advanced', 'Intelligent-Tiering']), 'Standard'),
});
const some = z.object({ Names: Names.check(z.minLength(1), z.maxLength(10)), ...decrypted });
const byPath = z.object({
  Path: z.string().check(z.startsWith('/')),
  Recursive: z._default(z.boolean(), false),
  ParameterFilters: noFilters,
  ...decrypted,
  ...page,
});

type Localize = (text: string) => string;

/**
 * Returns the operations of Systems Manager that are about parameters. `localize` replaces AWS's addresses by those of this machine in
 * what is read, as in the environment of functions.
 */
export function parameterOperations(store: ParameterStore, arnPrefix: string, localize: Localize): Operations {
  const arnOf = (name: string) => `${arnPrefix}${name.replace(/^\//, '')}`;

  /** A parameter by its name or ARN, perhaps with a version after a colon. Undefined if there is none. */
  function find(selector: string, decrypt: boolean) {
    const [, given = '', wanted] = /^((?:arn:(?:[^:]*:){4})?[^:]+)(?::(\d+))?$/.exec(selector) ?? [];
    const name = store.names.find((each) => each === given || arnOf(each) === given);
    const found = name === undefined ? undefined : store.find(name);
    if (name === undefined || !found) return undefined;
    const version = found.versions.findLast((each) => wanted === undefined || each.version === Number(wanted));
    if (!version) throw new ServiceError('ParameterVersionNotFound', `There is no version ${wanted} of ${name}.`);
    const isSealed = found.type === 'SecureString' && !decrypt;
    return {
      Name: name,
      ARN: arnOf(name),
      Type: found.type,
      Value: isSealed ? sealed(version.value) : localize(version.value),
      Version: version.version,
      LastModifiedDate: version.at,
      DataType: 'text',
      ...(wanted !== undefined && { Selector: `:${wanted}` }),
    };
  }

  function pageOf(names: readonly string[], { MaxResults, NextToken }: { MaxResults: number; NextToken: string }) {
    const end = Number(NextToken) + MaxResults;
    return { some: names.slice(Number(NextToken), end), more: end < names.length && { NextToken: String(end) } };
  }

  return {
    PutParameter: operation(put, ({ Name, Value, Type, Description, Overwrite, AllowedPattern, Tier }) => {
      if (AllowedPattern !== undefined && !matches(Value, AllowedPattern))
        throw new ServiceError('ParameterPatternMismatchException', `The value doesn't match ${AllowedPattern}.`);
      const tier = Tier === 'Standard' ? Tier : 'Advanced';
      const value = { name: Name, value: Value, description: Description, ...(Type && { type: Type }) };
      return { Version: store.put(value, Overwrite, tier), Tier: tier };
    }),

    GetParameter: operation(z.object({ Name, ...decrypted }), ({ Name, WithDecryption }) => {
      const Parameter = find(Name, WithDecryption);
      if (!Parameter) throw new ServiceError('ParameterNotFound', `There is no parameter ${Name}.`);
      return { Parameter };
    }),

    GetParameters: operation(some, ({ Names, WithDecryption }) => {
      const found = Names.map((name) => find(name, WithDecryption));
      return { Parameters: found.filter(Boolean), InvalidParameters: Names.filter((_, i) => !found[i]) };
    }),

    GetParametersByPath: operation(byPath, ({ Path, Recursive, WithDecryption, ...rest }) => {
      const below = Path.replace(/\/?$/, '/');
      const isBelow = (name: string) =>
        name.startsWith(below) && (Recursive || !name.slice(below.length).includes('/'));
      const { some, more } = pageOf(store.names.filter(isBelow), rest);
      return { Parameters: some.map((name) => find(name, WithDecryption)), ...more };
    }),

    DescribeParameters: operation(z.object({ Filters: noFilters, ParameterFilters: noFilters, ...page }), (asked) => {
      const { some, more } = pageOf(store.names, asked);
      const Parameters = some.map((name) => {
        const { Value: _, Selector: __, ...rest } = { Selector: '', ...find(name, false) };
        return { ...rest, Description: store.find(name)?.description, Tier: 'Standard' };
      });
      return { Parameters, ...more };
    }),

    DeleteParameter: operation(z.object({ Name }), ({ Name }) => {
      if (!store.delete(Name)) throw new ServiceError('ParameterNotFound', `There is no parameter ${Name}.`);
    }),

    DeleteParameters: operation(z.object({ Names }), ({ Names }) => {
      const DeletedParameters = Names.filter((name) => store.delete(name));
      return { DeletedParameters, InvalidParameters: Names.filter((name) => !DeletedParameters.includes(name)) };
    }),

    AddTagsToResource: () => ({}),
  };
}

function matches(value: string, pattern: string): boolean {
  try {
    return new RegExp(pattern).test(value);
  } catch {
    throw new ServiceError('InvalidAllowedPatternException', `${pattern} is no regular expression.`);
  }
}
