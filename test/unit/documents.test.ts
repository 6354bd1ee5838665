import { globSync, readFileSync } from 'node:fs';
import { Parser } from '@asyncapi/parser';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, test } from 'vitest';
import { commentsIn } from '#docs/generator/comments.ts';
import { decisionRecord } from '#docs/generator/decisions.ts';
import { documents } from '#docs/generator/documents.ts';
import { invalid } from '#lambdas/kit/invalid.ts';
import { rates } from '#lib/rates.ts';
import { actions } from '#protocol/actions.ts';
import { codes } from '#protocol/failures.ts';
import { Beat, Command } from '#protocol/frames.ts';
import { limits } from '#protocol/limits.ts';
import { operations } from '#protocol/operations.ts';

const generated = await documents();
const openapi = JSON.parse(generated['openapi.json']);
const asyncapi = JSON.parse(generated['asyncapi.json']);

test.each(Object.entries(generated))('docs/%s is what the generator writes', (name, text) => {
  const committed = readFileSync(`docs/${name}`, 'utf8');
  expect(committed === text, 'run `npm run documents` and commit docs/').toBe(true);
});

test.each([
  ['no line of date, area and status', '# 0001 Title\n\n**Context.** …\n'],
  ['a date only', '# 0001 Title\n\n2026-11-28\n'],
  ['another number than its file', '# 0002 Title\n\n2026-11-28 · messages · accepted\n'],
])('A decision record with %s is refused', (_, text) => {
  expect(() => decisionRecord('0001-title.md', text)).toThrow('0001-title.md must begin with');
});

describe('openapi.json', () => {
  const errorsOf = async (document: typeof openapi) => (await new Validator().validate(document)).errors;

  test('is a document that the OpenAPI Initiative’s own schema accepts', async () => {
    expect(await errorsOf(openapi)).toBeUndefined();
  });

  test('would be refused with a response that lacks its description', async () => {
    const broken = structuredClone(openapi);
    delete broken.paths['/health'].get.responses[200].description;
    expect(await errorsOf(broken)).not.toBeUndefined();
  });

  test('has a different operationId for every operation', () => {
    const names = Object.values(operations).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('asyncapi.json', () => {
  /** The findings without hints, such as that there is a newer version. */
  const errorsOf = async (document: typeof asyncapi) => {
    const diagnostics = await new Parser().validate(JSON.stringify(document));
    return diagnostics
      .filter(({ severity }) => severity < 2)
      .map(({ message, path }) => `${path.join('.')}: ${message}`);
  };

  test('is a document that AsyncAPI’s own parser accepts', async () => {
    expect(await errorsOf(asyncapi)).toEqual([]);
  });

  test('would be refused with a reply that names no message of the channel', async () => {
    const broken = structuredClone(asyncapi);
    broken.operations.edit.reply.messages = [{ $ref: '#/channels/socket/messages/nothing' }];
    expect(await errorsOf(broken)).not.toEqual([]);
  });

  test('has every action, under the name that its frame bears', () => {
    for (const name of Object.keys(actions)) {
      const [message] = asyncapi.operations[name].messages;
      const { payload } = asyncapi.components.messages[message.$ref.split('/').at(-1)];
      const schema = asyncapi.components.schemas[payload.$ref.split('/').at(-1)];
      expect(schema.properties.action.const).toBe(name);
    }
  });
});

test('the error of an unknown action names every action', () => {
  const error = Command.safeParse({ action: 'dance', id: '7' }).error ?? expect.fail();
  const beats = Beat.shape.action.options;
  const [, named = ''] = /^action: must be one of (.*)$/.exec(invalid(error).error.message) ?? [];
  expect(named.split(', ').toSorted()).toEqual([...Object.keys(actions), ...beats].toSorted());
});

const page = readFileSync('docs/protocol.md', 'utf8');

test('protocol.md speaks of every action, event and error code', () => {
  const schemas: { properties?: { type?: { const?: string } } }[] = Object.values(asyncapi.components.schemas);
  const types = schemas.flatMap(({ properties }) => properties?.type?.const ?? []);
  expect(types).toContain('bye');
  for (const name of [...Object.keys(actions), ...types, ...Object.keys(codes)])
    expect(page, name).toMatch(new RegExp(`[\`"]${name}[\`"]`));
});

test('protocol.md speaks of no route that is not there', () => {
  const named = [...page.matchAll(/`([A-Z]+ \/[^`?\s]*)/g)].map(([, route]) => route);
  expect(Object.keys(operations)).toEqual(expect.arrayContaining(named));
});

test('protocol.md has the rates of a stage for production', () => {
  const rows = page.split('\n').filter((line) => line.startsWith('  | '));
  /** The numbers in the row that begins like this: how much at once, and then per second. */
  const told = (what: string) => {
    const [, , ...numbers] = rows.find((row) => row.startsWith(`  | ${what}`))?.split('|') ?? [];
    const found = numbers
      .join()
      .replaceAll(/(?<=\d) (?=\d{3})/g, '')
      .match(/[\d.]+/g);
    return found?.map(Number);
  };
  const { prod } = rates;
  const numbers = (...of: { readonly burst: number; readonly perSecond: number }[]) => [
    ...of.map(({ burst }) => burst),
    ...of.map(({ perSecond }) => perSecond),
  ];
  expect(told('messages in one')).toEqual(numbers(prod.messages));
  expect(told('edits')).toEqual(numbers(prod.revisions));
  expect(told('frames')).toEqual(numbers(prod.frames));
  expect(told('HTTP')).toEqual(numbers(prod.requests));
  expect(told('searches')).toEqual(numbers(prod.searches));
  expect(told('sockets')).toEqual(numbers(prod.connects, prod.refreshes).slice(1));
  expect(prod.connects.burst).toBe(prod.refreshes.burst);
  expect(told('new conversations')).toEqual(numbers(prod.conversations, prod.directs));
  expect(told('members')).toEqual(numbers(prod.membersAdded));
  expect(told('requests without')).toEqual(numbers(prod.openRequests, prod.registrations));
  expect(page).toContain(`(${prod.refusedFrames.burst} at once, ${prod.refusedFrames.perSecond} a second)`);
});

test.each([openapi, asyncapi])(
  'every reference leads somewhere, and nothing is defined that none leads to',
  (document) => {
    const text = JSON.stringify(document);
    const named = new Set([...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name));
    expect([...named].toSorted()).toEqual(Object.keys(document.components.schemas).toSorted());
  },
);

describe.each([
  ['openapi.json', openapi],
  ['asyncapi.json', asyncapi],
])('what generators make of %s', (_, document) => {
  interface Found {
    readonly schema: Record<string, unknown>;
    readonly path: string;
    readonly isComponent: boolean;
  }
  const components = 'components/schemas/';

  function* within(node: unknown, path: string): Generator<Found> {
    if (typeof node !== 'object' || node === null) return;
    const isComponent = path.startsWith(components) && !path.slice(components.length).includes('/');
    if (!Array.isArray(node) && !path.endsWith('/properties')) yield { schema: { ...node }, path, isComponent };
    for (const [key, value] of Object.entries(node)) yield* within(value, path === '' ? key : `${path}/${key}`);
  }
  const found = [...within(document, '')].filter(({ path }) => !path.includes('/bindings/'));
  const inline = (...keywords: string[]) =>
    found.filter(({ schema, isComponent }) => !isComponent && keywords.some((keyword) => keyword in schema));

  test('has a name: each object', () => {
    expect(found.some(({ schema }) => 'properties' in schema)).toBe(true);
    expect(inline('properties').map(({ path }) => path)).toEqual([]);
  });

  test('has a name: each enumeration, and each value that stands alone', () => {
    expect(found.some(({ schema }) => 'enum' in schema)).toBe(true);
    expect(inline('enum', 'x-extensible-enum').map(({ path }) => path)).toEqual([]);
    expect(inline('const').filter(({ schema }) => !schema['title'])).toEqual([]);
  });

  test('is told apart by a property: each kind of a union, except of what browsers send', () => {
    const unions = found.filter(({ schema: { anyOf, oneOf } }) => anyOf ?? oneOf);
    const isNullable = ({ schema: { anyOf } }: Found) => Array.isArray(anyOf) && anyOf[1]?.type === 'null';
    expect(unions.length).toBeGreaterThan(0);
    expect(unions.filter((one) => !isNullable(one) && !one.schema['discriminator']).map(({ path }) => path)).toEqual(
      document === openapi ? [`${components}Subscribe`] : [],
    );
  });

  test('is not wrapped: each reference', () => {
    expect(found.filter(({ schema }) => 'allOf' in schema)).toEqual([]);
  });

  test('may grow: each enumeration in what the server sends', () => {
    const { Role, MemberChange } = document.components.schemas;
    for (const { type, ...schema } of [Role, MemberChange]) {
      expect(type).toBe('string');
      expect(schema['x-extensible-enum']?.length).toBeGreaterThan(1);
      expect(schema).not.toHaveProperty('enum');
    }
  });
});

test('openapi.json maps each kind of a union to its schema', () => {
  const { discriminator, oneOf } = openapi.components.schemas.ConversationEvent;
  expect(discriminator.mapping.conversation).toBe('#/components/schemas/ChangedEvent');
  expect(Object.values(discriminator.mapping)).toEqual(oneOf.map(({ $ref }: { $ref: string }) => $ref));
});

test('asyncapi.json gives no address to the socket, and openapi.json describes each tag', () => {
  expect(asyncapi.channels.socket).not.toHaveProperty('address');
  for (const { description } of openapi.tags) expect(description).toMatch(/\w/);
});

test('doc comments become descriptions, with the numbers of limits, also of properties that are taken over', () => {
  const source = `
/** Where
 * someone is, up to \`limits.listedReactors\`. */
export const Place = z.object({
  /** North. */
  latitude: z.number(),
});
export const Tour = z.object({ ...Place.shape, name: z.string() });
`;
  expect(Object.fromEntries(commentsIn(source))).toEqual({
    Place: `Where someone is, up to ${limits.listedReactors}.`,
    'Place.latitude': 'North.',
    'Tour.latitude': 'North.',
  });
  expect(openapi.components.schemas.Message.properties.n.description).toBe(
    "The message's position among the messages of the conversation.",
  );
});

test('architecture.md names every function', () => {
  const architecture = readFileSync('docs/architecture.md', 'utf8');
  const functions = globSync('lambdas/*/handler.ts').map((file) => file.split('/')[1] ?? '');
  expect(functions).toContain('message-stream');
  for (const name of functions) expect(architecture).toMatch(new RegExp(`(?<![\\w-])${name}(?![\\w-])`));
});

describe('data-model.md', () => {
  const [, patterns = ''] = readFileSync('docs/data-model.md', 'utf8').split('## Access patterns');
  const rows = patterns.split('\n').filter((line) => line.startsWith('| '));
  const namesIn = (column: number) =>
    rows
      .slice(1)
      .flatMap((row) => [...(row.split('|')[column] ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name));

  test.each([...new Set(namesIn(2))])('names %s, which is a function or file of adapters/dynamo', (name) => {
    const [file, called] = name.split('.');
    const [path] = globSync(`adapters/dynamo/**/${file}.ts`);
    if (!path) throw new Error(`There is no ${file}.ts`);
    if (called) expect(readFileSync(path, 'utf8')).toMatch(new RegExp(`\\b${called}\\b`));
  });

  test.each(rows.slice(1).map((row) => [row.split('|')[1], row]))('says what grows:%s', (_, row) => {
    expect(row.split('|')).toHaveLength(7);
    expect(row.split('|')[4]?.trim()).not.toBe('');
  });

  test.each([...new Set(namesIn(5))])('names the test %s, which is there', (name) => {
    expect(globSync([`test/*/${name}.test.ts`, `${name}/results.json`])).not.toEqual([]);
  });
});
