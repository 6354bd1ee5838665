import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'vite';
import { describe, expect, test } from 'vitest';

/** A part of a syntax tree, as ESTree describes it. */
interface Node {
  readonly type: string;
  readonly [key: string]: unknown;
}

const root = join(import.meta.dirname, '..', '..');
const web = join(root, 'web');
const find = (...patterns: string[]) => globSync(patterns, { cwd: web });
const files = find('**/*.{ts,tsx}').filter((file) => !/^(words|fonts|public)\/|\.d\.ts$|^vite\.config/.test(file));
const sections = find('words/*.ts').flatMap((file) => /^words\/(?!locale|texts)(.*)\.ts$/.exec(file)?.[1] ?? []);
const translations = find('words/french/*.ts').flatMap(
  (file) => /^words\/french\/(?!index|count)(.*)\.ts$/.exec(file)?.[1] ?? [],
);

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value;
const children = (node: Node): Node[] => Object.values(node).flat().filter(isNode);

function parse(file: string): Node {
  const { program, errors } = parseSync(file, readFileSync(join(web, file), 'utf8'));
  if (errors.length > 0 || !isNode(program)) throw new Error(`${file} can't be parsed`);
  return program;
}

/** All nodes below one, except where `isClosed` says so. */
function nodes(node: Node, isClosed: (node: Node) => boolean = () => false): Node[] {
  return isClosed(node) ? [] : [node, ...children(node).flatMap((child) => nodes(child, isClosed))];
}

/** What a node says by itself: a string, a part of a template, or a text of JSX. */
function textOf({ type, value }: Node): string {
  if (type === 'TemplateElement' && typeof value === 'object' && value !== null && 'cooked' in value)
    return String(value.cooked);
  return (type === 'Literal' || type === 'JSXText') && typeof value === 'string' ? value : '';
}

const nameOf = (node: unknown): string => (isNode(node) ? String(node['name'] ?? node['value']) : '');
const hasLetters = (text: string) => /\p{L}{2}/u.test(text.replace('STORM', ''));

/** Attributes and properties of components that people read or hear. */
const spoken = new Set(
  'alt aria-description aria-label aria-roledescription aria-valuetext confirmLabel hint label placeholder title'.split(
    ' ',
  ),
);

/** The texts that an expression may become, without those that it only compares or passes on. */
function outcomes(node: Node): string[] {
  switch (node.type) {
    case 'JSXExpressionContainer':
      return [node['expression']].filter(isNode).flatMap(outcomes);
    case 'ConditionalExpression':
      return [node['consequent'], node['alternate']].filter(isNode).flatMap(outcomes);
    case 'LogicalExpression':
    case 'BinaryExpression':
      return /^([|&]{2}|\?\?|\+)$/.test(String(node['operator']))
        ? [node['left'], node['right']].filter(isNode).flatMap(outcomes)
        : [];
    case 'TemplateLiteral':
      return children(node).flatMap((child) => [textOf(child), ...outcomes(child)]);
    default:
      return [textOf(node)];
  }
}

/** The texts of JSX that stand in it as they are. */
function inJsx(tree: Node): string[] {
  return nodes(tree).flatMap((node) => {
    if (node.type === 'JSXAttribute')
      return spoken.has(nameOf(node['name'])) && isNode(node['value']) ? outcomes(node['value']) : [];
    if (node.type !== 'JSXElement' && node.type !== 'JSXFragment') return [];
    return children(node)
      .filter(({ type }) => /^JSX(Text|ExpressionContainer)$/.test(type))
      .flatMap(outcomes);
  });
}

/** Sentences elsewhere, except in errors and failures for developers. */
function sentences(tree: Node): string[] {
  const isForDevelopers = ({ type, callee, key }: Node) =>
    (type === 'NewExpression' && nameOf(callee) === 'Error') ||
    (type === 'CallExpression' && isNode(callee) && nameOf(callee['object']) === 'console') ||
    (type === 'Property' && nameOf(key) === 'message');
  return nodes(tree, isForDevelopers)
    .map(textOf)
    .filter((text) => /\p{L}{2} \p{L}.*[.!?…]$|\p{L}[’…]/u.test(text));
}

interface Use {
  readonly file: string;
  /** Undefined if the key is computed. */
  readonly key: string | undefined;
  readonly section: string;
  /** Whether it is read while the module is loaded. */
  readonly early: boolean;
}

/** Each use of a text in a file. */
function uses(file: string): Use[] {
  const tree = parse(file);
  const sectionOf = new Map<string, string>();
  for (const { type, source, specifiers } of children(tree)) {
    const section = /^#web\/words\/(.*)\.ts$/.exec(type === 'ImportDeclaration' ? nameOf(source) : '')?.[1];
    if (section === undefined || !sections.includes(section)) continue;
    for (const one of [specifiers].flat().filter(isNode)) sectionOf.set(nameOf(one['local']), section);
  }
  const members = (list: Node[]) =>
    list.filter(({ type, object }) => type === 'MemberExpression' && sectionOf.has(nameOf(object)));
  const early = new Set(members(nodes(tree, ({ type }) => /Function/.test(type))));
  return members(nodes(tree)).map((node) => ({
    file,
    key: node['computed'] === true ? undefined : nameOf(node['property']),
    section: sectionOf.get(nameOf(node['object'])) ?? '',
    early: early.has(node),
  }));
}

/** The object with the texts of a file of `web/words`. */
function keysOf(section: string): string[] {
  const object = nodes(parse(`words/${section}.ts`)).find(({ type }) => type === 'ObjectExpression');
  return object ? children(object).map(({ key }) => nameOf(key)) : [];
}

const used = files.flatMap(uses);

describe('Texts for people', () => {
  test('stand in the catalogue and nowhere else', () => {
    const elsewhere = files.flatMap((file) => {
      const tree = parse(file);
      return [...inJsx(tree).filter(hasLetters), ...sentences(tree)].map((text) => `${file}: ${text.trim()}`);
    });
    expect(elsewhere).toEqual([]);
  });

  test('are read while the page is rendered, when the translation is there', () => {
    expect(used.filter(({ early }) => early)).toEqual([]);
  });

  test('are all used', () => {
    // A computed key comes from a value of the contract, or of the page.
    const code = globSync(['web/**/*.{ts,tsx}', 'protocol/*.ts', 'client/*.ts'], { cwd: root })
      .filter((file) => !file.startsWith('web/words/'))
      .map((file) => readFileSync(join(root, file), 'utf8'))
      .join('\n');
    const unused = sections.flatMap((section) => {
      const keys = used.filter((use) => use.section === section).map(({ key }) => key);
      const isComputed = keys.includes(undefined);
      return keysOf(section)
        .filter((key) => !keys.includes(key) && !(isComputed && new RegExp(`'${key}'|\\b${key}:`).test(code)))
        .map((key) => `${section}: ${key}`);
    });
    expect(unused).toEqual([]);
  });

  test('are translated by the file of the same name', () => {
    const camel = (name: string) => name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
    const index = readFileSync(join(web, 'words/french/index.ts'), 'utf8');
    for (const section of sections) {
      expect(readFileSync(join(web, `words/${section}.ts`), 'utf8')).toContain(`texts('${camel(section)}',`);
      expect(index).toContain(`export { words as ${camel(section)} } from './${section}.ts';`);
    }
    expect(translations.toSorted()).toEqual(sections.toSorted());
  });

  test('have the typography of their language', () => {
    const said = (file: string) =>
      nodes(parse(file), ({ type }) => type === 'ImportDeclaration').map((node) => ({ file, text: textOf(node) }));
    const english = sections.flatMap((section) => said(`words/${section}.ts`));
    const french = translations.flatMap((section) => said(`words/french/${section}.ts`));
    expect([...english, ...french].filter(({ text }) => /\p{L}'|\.\.\.|"/u.test(text))).toEqual([]);
    expect(french.filter(({ text }) => /(?<!\u202f)[;!?]|(?<!\u00a0):/u.test(text))).toEqual([]);
  });
});
