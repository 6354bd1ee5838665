import type { Identifier } from '@mdn/browser-compat-data';
import { parseSync } from 'vite';
import { type Floor, type Lack, lacks, tables } from './support.ts';

/** A part of a syntax tree, as ESTree describes it. */
interface Node {
  readonly type: string;
  readonly [key: string]: unknown;
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value;

function* nodes(node: Node): Generator<Node> {
  yield node;
  for (const child of Object.values(node).flat()) if (isNode(child)) yield* nodes(child);
}

const nameOf = (node: unknown): string => (isNode(node) ? String(node['name'] ?? node['value'] ?? '') : '');

const membersOf = ({ __compat, ...members }: Identifier = {}): [string, Identifier][] => Object.entries(members);

const builtins = membersOf(tables.javascript['builtins']);
/** Interfaces, constructors and functions: what is there without being imported. */
const globals = new Map([...membersOf(tables.api['Window']), ...membersOf(tables.api), ...builtins]);
/** The members of all of them by their names: who reads `x.name()` can't tell of which one it is. */
const members = new Map<string, Identifier[]>();
const intl = new Map(builtins).get('Intl');
for (const [, owner] of [...globals, ...membersOf(intl)])
  for (const [key, member] of membersOf(owner)) {
    const name = key.replace(/_static$/, '');
    members.set(name, [...(members.get(name) ?? []), member]);
  }

/**
 * What scripts use that browsers of the floor lack: globals, what they have, and methods of anything, unless the scripts have one of that
 * name themselves. It is enough that one interface has a method of the name for long enough.
 */
export function tooNew(scripts: readonly string[], floor: Floor): Lack[] {
  const trees = scripts.map(parse);
  const own = new Set(trees.flat().flatMap(({ type, key }) => (/Property|MethodDef/.test(type) ? nameOf(key) : [])));
  return trees.flatMap((all) => {
    const declared = new Set(all.flatMap(declaredBy));
    const globalOf = (node: unknown) => (declared.has(nameOf(node)) ? undefined : globals.get(nameOf(node)));
    const isCalled = new Set(all.flatMap(calleeOf));
    const isName = new Set(all.flatMap(({ computed, property, key }) => (computed === true ? [] : [property, key])));
    return all.flatMap((node) => {
      const { type, computed, object, property } = node;
      const meaning = type === 'Identifier' && !isName.has(node) ? globalOf(node) : undefined;
      if (meaning) return lacks(nameOf(node), [meaning], floor);
      if (type !== 'MemberExpression' || computed === true) return [];
      const name = nameOf(property);
      const owner = isNode(object) && object.type === 'Identifier' ? globalOf(object) : undefined;
      const member = owner?.[`${name}_static`] ?? owner?.[name];
      if (member) return lacks(`${nameOf(object)}.${name}`, [member], floor);
      return isCalled.has(node) && !own.has(name) ? lacks(name, members.get(name) ?? [], floor) : [];
    });
  });
}

/** All nodes of the syntax tree of a script. */
function parse(script: string): Node[] {
  const { program, errors } = parseSync('script.ts', script);
  if (errors.length > 0 || !isNode(program)) throw new Error(`The script can't be parsed: ${errors[0]?.message}`);
  return [...nodes(program)];
}

/** What a node calls, unless it asks first whether it is there: `x.name?.()`. */
function calleeOf({ type, callee, optional }: Node): Node[] {
  return type === 'CallExpression' && isNode(callee) && !optional && !callee['optional'] ? [callee] : [];
}

/** The names that a node declares, and those in its patterns. */
function declaredBy({ type, id, local, param, params }: Node): string[] {
  if (!/Declarator|Function|Class|Specifier|CatchClause/.test(type)) return [];
  return [id, local, param, params]
    .flat()
    .filter(isNode)
    .flatMap((pattern) => [...nodes(pattern)].flatMap((one) => (one.type === 'Identifier' ? nameOf(one) : [])));
}
