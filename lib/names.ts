/** `search-index` as the id of a construct: `SearchIndex`. */
export function pascalCase(name: string): string {
  return name.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** `SearchIndex` as a part of an environment variable's name: `SEARCH_INDEX`. */
export function constantCase(id: string): string {
  return id.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
}
