import * as z from 'zod/mini';
import { codes } from '#protocol/failures.ts';
import { errorsOf, type Operation as InContract, operations as inContract } from '#protocol/operations.ts';
import { describe, SchemaObject } from './readable.ts';

const Content = z.optional(z.record(z.string(), z.object({ schema: SchemaObject })));

const Operation = z.object({
  summary: z.string(),
  description: z.optional(z.string()),
  tags: z.array(z.string()),
  security: z.optional(z.array(z.unknown())),
  parameters: z.optional(
    z.array(
      z.object({
        name: z.string(),
        in: z.string(),
        required: z.boolean(),
        description: z.optional(z.string()),
        schema: SchemaObject,
      }),
    ),
  ),
  requestBody: z.optional(z.object({ content: Content })),
  responses: z.record(z.string(), z.object({ $ref: z.optional(z.string()), content: Content })),
});
type Operation = z.infer<typeof Operation>;

/** What the page shows of an OpenAPI document. */
const Document = z.object({
  info: z.object({ description: z.string() }),
  tags: z.array(z.object({ name: z.string(), description: z.string() })),
  paths: z.record(z.string(), z.record(z.string(), Operation)),
  components: z.object({ schemas: z.record(z.string(), SchemaObject) }),
});

/** The error codes of each route. The document has them by status, which says less. */
const errors = new Map(
  Object.entries<InContract>(inContract).map(([route, operation]) => [route, errorsOf(route, operation)]),
);

/** What every route may answer, which is said once. */
const common = [...(errors.get('GET /health') ?? [])].filter((code) =>
  [...errors.values()].every((codesOfRoute) => codesOfRoute.includes(code)),
);

/** Returns `docs/api.md`, the OpenAPI document for people. */
export function apiPage(openapi: unknown): string {
  const { info, tags, paths, components } = Document.parse(openapi);
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ route: `${method.toUpperCase()} ${path}`, operation })),
  );
  const parts = tags.map(({ name, description }) => {
    const ofTag = operations.filter(({ operation }) => operation.tags.includes(name));
    const list = ofTag.map(({ route, operation }) => `| [\`${route}\`](#${anchor(route)}) | ${operation.summary} |`);
    return [
      `## Routes of \`${name}\``,
      description,
      ['| route | what it does |', '|---|---|', ...list].join('\n'),
      ...ofTag.map(({ route, operation }) => section(route, operation)),
    ].join('\n\n');
  });
  return `${[
    '# HTTP API, route by route',
    '`npm run documents` writes this page from `protocol/`, as it writes [openapi.json](openapi.json), which has the same for programs. ' +
      'How HTTP and WebSocket work together, and all frames of the socket, is in [the protocol](protocol.md).',
    info.description,
    errorTable(),
    ...parts,
    '## Schemas',
    ...Object.entries(components.schemas).map(([name, schema]) => `### ${name}\n\n${schemaText(schema)}`),
  ].join('\n\n')}\n`;
}

function errorTable(): string {
  const rows = Object.entries(codes).map(
    ([code, { status, temporary, message }]) => `| \`${code}\` | ${status} | ${message} | ${temporary ? 'yes' : ''} |`,
  );
  return [
    '## Error codes',
    `The body of an error is a [Problem](#problem). Every route may answer ${list(common)}. Below, a route names only its other codes.`,
    [
      '| code | status | message, unless a route has a better one | may succeed later |',
      '|---|---|---|---|',
      ...rows,
    ].join('\n'),
  ].join('\n\n');
}

function section(route: string, operation: Operation): string {
  const { summary, description, security, parameters = [], requestBody, responses } = operation;
  const inQuery = parameters.filter((parameter) => parameter.in === 'query');
  const others = (errors.get(route) ?? []).filter((code) => !common.includes(code));
  const answers = Object.entries(responses)
    .filter(([status]) => status.startsWith('2'))
    .map(([status, { content }]) => [status, bodyOf(content)].filter(Boolean).join(' '));
  return [
    `### \`${route}\``,
    [`${summary}.`, description].filter(Boolean).join(' '),
    [
      `- Access token: ${security?.length === 0 ? 'none' : 'needed'}`,
      ...(requestBody ? [`- Body: ${bodyOf(requestBody.content)}`] : []),
      `- Answer: ${answers.join(', ')}`,
      ...(others.length > 0 ? [`- Errors: ${list(others)}`] : []),
    ].join('\n'),
    ...(inQuery.length > 0
      ? [
          table(
            'in the query',
            inQuery.map(({ name, required, schema, description: about }) => ({ name, required, schema, about })),
          ),
        ]
      : []),
  ].join('\n\n');
}

function list(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}

function bodyOf(content: z.infer<typeof Content>): string {
  return Object.values(content ?? {})
    .map(({ schema }) => describe(schema))
    .join(' or ');
}

function schemaText(schema: SchemaObject): string {
  const { description, properties, required = [], pattern } = schema;
  if (!properties)
    return [description, `It is ${describe({ ...schema, $ref: undefined })}.`, pattern && `Pattern: \`${pattern}\`.`]
      .filter(Boolean)
      .join(' ');
  const rows = Object.entries(properties).map(([name, property]) => ({
    name,
    required: required.includes(name),
    schema: property,
    about: property.description,
  }));
  return [description, table('property', rows)].filter(Boolean).join('\n\n');
}

interface Row {
  readonly name: string;
  readonly required: boolean;
  readonly schema: SchemaObject;
  readonly about?: string | undefined;
}

function table(heading: string, rows: readonly Row[]): string {
  const lines = rows.map(({ name, required, schema, about = '' }) => {
    const cells = [`\`${name}\``, `${describe(schema)}${required ? '' : ' (optional)'}`, about.replaceAll('\n', ' ')];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  });
  return [`| ${heading} | what it is | what it says |`, '|---|---|---|', ...lines].join('\n');
}

/** The anchor that GitHub gives to a heading. */
function anchor(route: string): string {
  return route
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_\- ]/gu, '')
    .replaceAll(' ', '-');
}
