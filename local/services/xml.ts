/** The content of an XML element: text, or elements by name. A list stands for several elements of the same name. */
export type Xml = string | number | boolean | undefined | readonly Xml[] | { readonly [name: string]: Xml };

/** Returns an XML document with one root element. Elements whose content is `undefined` are left out. */
export function toXml(name: string, content: Xml): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element(name, content)}`;
}

function element(name: string, content: Xml): string {
  if (content === undefined) return '';
  if (isList(content)) return content.map((item) => element(name, item)).join('');
  if (typeof content === 'object')
    return `<${name}>${Object.entries(content)
      .map(([child, value]) => element(child, value))
      .join('')}</${name}>`;
  return `<${name}>${String(content).replace(/[&<>"\r]/g, (character) => `&#${character.charCodeAt(0)};`)}</${name}>`;
}

function isList(content: Xml): content is readonly Xml[] {
  return Array.isArray(content);
}

/** Returns the texts of all elements with a name, at any depth. This is enough for the flat documents that S3 clients send. */
export function textsOf(xml: string, name: string): string[] {
  const found = xml.matchAll(new RegExp(`<${name}(?:\\s[^>]*)?>([^<]*)</${name}>`, 'g'));
  return [...found].map(([, text = '']) => unescapeXml(text));
}

function unescapeXml(text: string): string {
  return text.replace(/&(#x?)?([^;]+);/g, (entity, numeric: string | undefined, name: string) => {
    if (numeric) return String.fromCodePoint(Number.parseInt(name, numeric === '#x' ? 16 : 10));
    return { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }[name] ?? entity;
  });
}
