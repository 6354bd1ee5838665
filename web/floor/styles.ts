import type { Identifier } from '@mdn/browser-compat-data';
import { type Floor, type Lack, lacks, tables } from './support.ts';

const { properties = {}, selectors = {}, types = {}, 'at-rules': rules = {} } = tables.css;
/** By the names of the types, and by those of their functions. */
const functions = new Map([...Object.values(types).flatMap((type) => Object.entries(type)), ...Object.entries(types)]);

/** What a style sheet uses that browsers of the floor lack. */
export function tooNewInStyles(sheet: string, floor: Floor): Lack[] {
  const use = (name: string, meaning: Identifier | undefined) => (meaning ? lacks(name, [meaning], floor) : []);
  const plain = sheet.replaceAll(/\/\*.*?\*\//gs, '').replaceAll(/"[^"]*"|url\([^)]*\)/g, '');
  return [...plain.matchAll(/([^{};]*)([{};])/g)].flatMap(([, part = '', end]) => {
    const [, rule] = /^\s*@([\w-]+)/.exec(part) ?? [];
    if (rule !== undefined) return use(`@${rule}`, rules[rule]);
    if (end === '{')
      return [...part.matchAll(/:([\w-]+)/g)].flatMap(([, name = '']) => use(`:${name}`, selectors[name]));
    const [, property = '', value = ''] = /^\s*([\w-]+)\s*:(.*)$/s.exec(part) ?? [];
    const known = properties[property];
    const words = [...value.matchAll(/(?<![\w-])([a-z][\w-]*)(\(?)/g)].flatMap(([, word = '', open]) =>
      open ? use(`${word}()`, functions.get(word)) : use(`${property}: ${word}`, known?.[word]),
    );
    return [...use(property, known), ...words];
  });
}
