import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import * as z from 'zod/mini';

const Manifest = z.object({ name: z.string(), version: z.string(), license: z.string() });

/** The folders of the packages that some files of a build are from. What is of this project itself has none. */
export function packageFolders(files: readonly string[]): string[] {
  const folders = files.flatMap((file) => /^.*node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(file)?.[0] ?? []);
  return [...new Set(folders)].toSorted();
}

/**
 * The names and licences of packages, as those licences want it of whoever passes a package on inside of a bundle. Most packages of
 * the AWS SDK have the same text, which is there once.
 */
export function notices(folders: readonly string[]): string {
  const packages = folders.map((folder) => {
    const { name, version, license } = Manifest.parse(
      JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')),
    );
    const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file));
    const texts = files.toSorted().map((file) => readFileSync(path.join(folder, file), 'utf8').trim());
    return { heading: `${name} ${version} (${license})`, text: texts.join('\n\n') };
  });
  const sections = [...Map.groupBy(packages, ({ text }) => text)].map(([text, those]) =>
    `${those.map(({ heading }) => heading).join('\n')}\n\n${text}`.trimEnd(),
  );
  return `This program contains the following packages.\n\n${sections.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}
