import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { BrowserName, CompatData, Identifier } from '@mdn/browser-compat-data';

/** The oldest version of each browser in which something works. */
export type Floor = readonly (readonly [BrowserName, number])[];

/** Something that browsers of the floor lack. */
export interface Lack {
  readonly name: string;
  readonly browsers: readonly string[];
}

const names = new Map<string, BrowserName>([
  ['chrome', 'chrome'],
  ['edge', 'edge'],
  ['firefox', 'firefox'],
  ['safari', 'safari'],
  ['ios_saf', 'safari_ios'],
]);

/** Reads the `browserslist` of a `package.json`: `safari >= 17.5`. */
export function floorOf(manifest: string): Floor {
  const { browserslist }: { browserslist: string[] } = JSON.parse(readFileSync(manifest, 'utf8'));
  return browserslist.map((one) => {
    const [, listed = '', version] = /^(\w+) >= (\d+(?:\.\d)?)$/.exec(one) ?? [];
    const name = names.get(listed);
    if (name === undefined) throw new Error(`The floor can't be read: ${one}`);
    return [name, Number(version)];
  });
}

/** MDN's tables: which browser has what since when. */
export const tables: CompatData = JSON.parse(
  readFileSync(createRequire(import.meta.url).resolve('@mdn/browser-compat-data'), 'utf8'),
);

/**
 * What is missing, if something has a name that can mean any of these, as `browsers` of the one that is missing least. Of things that
 * MDN says nothing about none is missing.
 */
export function lacks(name: string, meanings: readonly Identifier[], floor: Floor): Lack[] {
  const known = meanings.map((one) => lacking(one, floor)).sort((a, b) => a.length - b.length);
  const [browsers = []] = known;
  return browsers.length > 0 ? [{ name, browsers }] : [];
}

const isUntil = (since: string | boolean | null | undefined, version: number): boolean =>
  typeof since === 'string' && Number.parseFloat(since.replace('≤', '')) <= version;

function lacking({ __compat }: Identifier, floor: Floor): string[] {
  return floor.flatMap(([browser, version]) => {
    const statements = [__compat?.support[browser] ?? []].flat();
    const has = statements.some(
      ({ version_added: added, version_removed: removed, flags, prefix, alternative_name }) =>
        isUntil(added, version) && !isUntil(removed, version) && !(flags || prefix || alternative_name),
    );
    return has || statements.length === 0 ? [] : `${browser} ${version}`;
  });
}
