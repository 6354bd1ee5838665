import { STATUS_CODES } from 'node:http';
import { type Code, codes, statusOf } from '#protocol/failures.ts';
import { errorsOf, type Operation, operations } from '#protocol/operations.ts';
import { Problem } from '#protocol/service.ts';
import { id, seq } from '#protocol/values.ts';
import type { Json } from './names.ts';
import { contractSchemas, type Schemas, used } from './schemas.ts';

const allErrors = new Set(
  Object.entries<Operation>(operations).flatMap(([route, operation]) => errorsOf(route, operation)),
);

/** Returns the HTTP API as an OpenAPI 3.1 document. */
export async function openapi(version: string): Promise<Json> {
  const answers = Object.values<Operation>(operations).flatMap((operation) => Object.values(operation.answers));
  const schemas = await contractSchemas('draft-2020-12', [Problem, ...answers.filter((answer) => answer !== null)]);
  const paths: Record<string, Json> = {};
  for (const [route, operation] of Object.entries<Operation>(operations)) {
    const [method = '', path = ''] = route.split(' ');
    paths[path] = { ...paths[path], [method.toLowerCase()]: operationObject(route, operation, schemas) };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'STORM: HTTP API',
      version,
      description:
        'Accounts, conversations, history and catching up. The WebSocket API is in asyncapi.json, and protocol.md says how the two work ' +
        'together. The server refuses unknown fields in a request; clients ignore unknown fields in an answer. A request that API ' +
        'Gateway refuses by itself (throttled, too large, no such method) has a body `{"message": …}` in place of a problem document.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [
      {
        url: '{page}/api',
        description: '`httpUrl` in the `/config.json` of the page, or the output HttpUrl of the stack',
        variables: { page: { default: 'http://localhost:3000', description: 'The origin of the page' } },
      },
    ],
    security: [{ accessToken: [] }],
    tags: [...new Set(Object.keys(operations).map(tagOf))].map((name) => ({ name, description: descriptionOf(name) })),
    paths,
    components: {
      securitySchemes: {
        accessToken: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'The `accessToken` of a session.',
        },
      },
      responses: Object.fromEntries([...allErrors].map((code) => [code, problem([code], schemas)])),
      schemas: used([paths, schemas.refTo(Problem)], schemas.all),
    },
  };
}

function operationObject(route: string, operation: Operation, schemas: Schemas): Json {
  const { name, summary, description, open, query, body, answers } = operation;
  const parameters = [
    ...pathParameters(route, schemas),
    ...(query ? queryParameters(schemas.nameOf(query), schemas) : []),
  ];
  return {
    operationId: name,
    summary,
    ...(description !== undefined && { description }),
    tags: [tagOf(route)],
    ...(open && { security: [] }),
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: { required: true, content: { 'application/json': { schema: schemas.refTo(body) } } } }),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, schema]) => [
          status,
          {
            description: STATUS_CODES[status] ?? '',
            ...(schema && { content: { 'application/json': { schema: schemas.refTo(schema) } } }),
          },
        ]),
      ),
      ...errorResponses(errorsOf(route, operation), schemas),
    },
  };
}

/** Groups the error codes by status. A status with a single code refers to the shared response of that code. */
function errorResponses(errors: readonly Code[], schemas: Schemas): Json {
  const statuses = [...new Set(errors.map(statusOf))].toSorted((a, b) => a - b);
  return Object.fromEntries(
    statuses.map((status) => {
      const here = errors.filter((code) => statusOf(code) === status);
      return [status, here.length > 1 ? problem(here, schemas) : { $ref: `#/components/responses/${here[0]}` }];
    }),
  );
}

function problem(errors: readonly Code[], schemas: Schemas): Json {
  return {
    description: errors.map((code) => `\`${code}\`: ${codes[code].message}`).join('\n\n'),
    ...(errors.some((code) => statusOf(code) === 429) && {
      headers: { 'Retry-After': { description: 'How many seconds to wait.', schema: { type: 'integer' } } },
    }),
    content: { 'application/problem+json': { schema: schemas.refTo(Problem) } },
  };
}

function pathParameters(route: string, schemas: Schemas): Json[] {
  return [...route.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: schemas.refTo(name === 'seq' ? seq : id),
  }));
}

function queryParameters(schemaName: string, { all }: Schemas): Json[] {
  const { properties = {}, required = [] }: Json = all[schemaName] ?? {};
  return Object.entries({ ...Object(properties) }).map(([name, property]) => {
    const { description, ...schema } = Object(property);
    return {
      name,
      in: 'query',
      required: Array.isArray(required) && required.includes(name),
      ...(description !== undefined && { description }),
      schema,
    };
  });
}

const tags: Readonly<Record<string, string>> = {
  auth: 'Accounts, logins, tokens and passwords.',
  service: 'Whether the API is available, and the keys of its tokens.',
  users: 'Profiles, and what a person has of their own: settings, blocks, their address, their data.',
  conversations: 'Conversations with their members, messages and receipts.',
  invitations: 'Invitations to groups.',
  sync: 'Catching up after a gap.',
  search: 'Finding messages.',
  push: 'Notifications of browsers and mobile apps.',
  media: 'Pictures and films.',
};

function descriptionOf(tag: string): string {
  const description = tags[tag];
  if (description === undefined) throw new Error(`The tag ${tag} has no description`);
  return description;
}

/** Returns the tag of a route: the first segment of its path, or `service`. */
function tagOf(route: string): string {
  const [, first = ''] = route.split('/');
  return first.startsWith('.') || first === 'health' ? 'service' : first;
}
